/* Every operation of the table in C. Written by autodiff/native/generate.py; change the table, not this file.

   An operation's code is its place in the table: OP_POS is 0, and OPERATIONS is how many there are. `y` is the value.

   For an operation NAME of one to three operands, a b c:
       double value_NAME(double a, ...)
       double slope_NAME_a(double a, ..., double y, int *blocked)      one for each operand that has a slope
   For one of any number of operands:
       double value_NAME(const double *xs, Py_ssize_t n)
       void slopes_NAME(const double *xs, Py_ssize_t n, double y, double *slopes)     where its operands have slopes
   By code, inline, for a code that the compiler knows (the choice then costs nothing):
       double value1(int code, double a), value2(int code, double a, double b), value3(int code, double a, ...)
       double slope1(int code, int operand, double a, double y, int *blocked), slope2(...), slope3(...)
   By code, for one that is known when it runs:
       double autodiff_value(int code, const double *xs, Py_ssize_t n)
       void autodiff_slopes(int code, const double *xs, Py_ssize_t n, double y, double *slopes, unsigned char *blocked)

   Where no gradient flows along an operand, not even 0 * inf, the slope is *blocked = 1 (and 0.0 as a number); a slope
   never writes *blocked = 0, so set it first. autodiff_slopes sets all of blocked[0 … n - 1]. A constant operand of an
   operation (the bounds of a clip) is always blocked. autodiff_arity[code] is the number of operands, -1 for any.
   autodiff_names[code] is the name, and autodiff_fixed[code] has bit i set where operand i is such a constant. X-macros
   go over all: AUTODIFF_UNARY(X), _BINARY, _TERNARY, _VARIADIC with X(NAME, CODE). No function here needs Python, holds
   memory, or has a state. */

#ifndef AUTODIFF_OPS_H
#define AUTODIFF_OPS_H

#include "kernels.h"

enum {
    OP_POS = 0,
    OP_NEG = 1,
    OP_ADD = 2,
    OP_SUB = 3,
    OP_MUL = 4,
    OP_DIV = 5,
    OP_POW = 6,
    OP_REMAINDER = 7,
    OP_ABS = 8,
    OP_EXP = 9,
    OP_EXPM1 = 10,
    OP_LOG = 11,
    OP_LOG1P = 12,
    OP_LOG2 = 13,
    OP_LOG10 = 14,
    OP_SQRT = 15,
    OP_SIN = 16,
    OP_COS = 17,
    OP_TAN = 18,
    OP_ASIN = 19,
    OP_ACOS = 20,
    OP_ATAN = 21,
    OP_ATAN2 = 22,
    OP_SINH = 23,
    OP_COSH = 24,
    OP_TANH = 25,
    OP_ASINH = 26,
    OP_ACOSH = 27,
    OP_ATANH = 28,
    OP_ERF = 29,
    OP_HYPOT = 30,
    OP_FLOOR = 31,
    OP_SIGN = 32,
    OP_XLOGY = 33,
    OP_MAXIMUM = 34,
    OP_MINIMUM = 35,
    OP_CLIP = 36,
    OP_STOP_GRADIENT = 37,
    OP_WHERE = 38,
    OP_RELU = 39,
    OP_LEAKY_RELU = 40,
    OP_ELU = 41,
    OP_SIGMOID = 42,
    OP_LOG_SIGMOID = 43,
    OP_SOFTPLUS = 44,
    OP_SILU = 45,
    OP_GELU = 46,
    OP_TOTAL = 47,
    OP_DOT = 48,
    OP_LOGSUMEXP = 49,
    OP_LARGEST = 50,
    OP_SECH = 51,
    OP_GAUSSIAN = 52,
    OP_NORMAL_CDF = 53,
    OP_NORMAL_PDF = 54,
    OP_NOT_NEGATIVE = 55,
    OP_ASIN_SLOPE = 56,
    OP_ACOSH_SLOPE = 57,
    OP_ATANH_SLOPE = 58,
    OP_POWER_SLOPE = 59,
    OP_EXPONENT_SLOPE = 60,
    OP_UNIT = 61,
    OP_ANGLE_SLOPE = 62,
    OP_ELU_SLOPE = 63,
    OP_SILU_SLOPE = 64,
    OP_GELU_SLOPE = 65,
    OPERATIONS = 66
};

#define AUTODIFF_UNARY(X) \
    X(pos, OP_POS) \
    X(neg, OP_NEG) \
    X(abs, OP_ABS) \
    X(exp, OP_EXP) \
    X(expm1, OP_EXPM1) \
    X(log, OP_LOG) \
    X(log1p, OP_LOG1P) \
    X(log2, OP_LOG2) \
    X(log10, OP_LOG10) \
    X(sqrt, OP_SQRT) \
    X(sin, OP_SIN) \
    X(cos, OP_COS) \
    X(tan, OP_TAN) \
    X(asin, OP_ASIN) \
    X(acos, OP_ACOS) \
    X(atan, OP_ATAN) \
    X(sinh, OP_SINH) \
    X(cosh, OP_COSH) \
    X(tanh, OP_TANH) \
    X(asinh, OP_ASINH) \
    X(acosh, OP_ACOSH) \
    X(atanh, OP_ATANH) \
    X(erf, OP_ERF) \
    X(floor, OP_FLOOR) \
    X(sign, OP_SIGN) \
    X(stop_gradient, OP_STOP_GRADIENT) \
    X(relu, OP_RELU) \
    X(sigmoid, OP_SIGMOID) \
    X(log_sigmoid, OP_LOG_SIGMOID) \
    X(softplus, OP_SOFTPLUS) \
    X(silu, OP_SILU) \
    X(gelu, OP_GELU) \
    X(sech, OP_SECH) \
    X(gaussian, OP_GAUSSIAN) \
    X(normal_cdf, OP_NORMAL_CDF) \
    X(normal_pdf, OP_NORMAL_PDF) \
    X(not_negative, OP_NOT_NEGATIVE) \
    X(asin_slope, OP_ASIN_SLOPE) \
    X(acosh_slope, OP_ACOSH_SLOPE) \
    X(atanh_slope, OP_ATANH_SLOPE) \
    X(silu_slope, OP_SILU_SLOPE) \
    X(gelu_slope, OP_GELU_SLOPE)
#define AUTODIFF_BINARY(X) \
    X(add, OP_ADD) \
    X(sub, OP_SUB) \
    X(mul, OP_MUL) \
    X(div, OP_DIV) \
    X(pow, OP_POW) \
    X(remainder, OP_REMAINDER) \
    X(atan2, OP_ATAN2) \
    X(hypot, OP_HYPOT) \
    X(xlogy, OP_XLOGY) \
    X(maximum, OP_MAXIMUM) \
    X(minimum, OP_MINIMUM) \
    X(leaky_relu, OP_LEAKY_RELU) \
    X(elu, OP_ELU) \
    X(power_slope, OP_POWER_SLOPE) \
    X(exponent_slope, OP_EXPONENT_SLOPE) \
    X(unit, OP_UNIT) \
    X(angle_slope, OP_ANGLE_SLOPE) \
    X(elu_slope, OP_ELU_SLOPE)
#define AUTODIFF_TERNARY(X) \
    X(clip, OP_CLIP) \
    X(where, OP_WHERE)
#define AUTODIFF_VARIADIC(X) \
    X(total, OP_TOTAL) \
    X(dot, OP_DOT) \
    X(logsumexp, OP_LOGSUMEXP) \
    X(largest, OP_LARGEST)

extern const char *const autodiff_names[OPERATIONS];
extern const signed char autodiff_arity[OPERATIONS];
extern const unsigned char autodiff_fixed[OPERATIONS];
extern const char autodiff_table[];
double autodiff_value(int code, const double *xs, Py_ssize_t n);
void autodiff_slopes(int code, const double *xs, Py_ssize_t n, double y, double *slopes, unsigned char *blocked);

#define BLOCKED (*blocked = 1, 0.0)

static const double TINY = 2.2250738585072014e-308;
static const double UPPER_TAIL[] = {
    0.47205320650984467, -0.09670347732652577, 0.013999634724424333, 0.02860036405354698, -0.03219783742802203,
    0.017936097479808313, -0.005002378592511494, -0.0002856231002340135, 0.0006948971219073166, -9.443023204456728e-05,
    -8.785330394797745e-05, 2.1249915729449347e-05, 1.3627395285352675e-05, -3.4316562688625695e-06, -2.6144101706596152e-06,
    4.029912427574402e-07, 5.548340462207789e-07, 4.242344418455244e-09, -1.1446850712758079e-07, -2.3315488161994288e-08,
    2.0257667136861587e-08, 8.858538843412724e-09, -2.6180348731255444e-09, -1.9068104342795306e-09, 1.7873545221852657e-10,
    1.968773941157256e-10,
};
static const double SILU_DIP = -1.2784645427610737;
static const double SILU_DIP_REST = -1.0946994183093437e-16;
static const double SILU_DIP_SERIES[] = {
    0.2178117057198001, 0.14664879699694688, 0.018874814223783464, -0.015222655223186, -0.006606589138453168,
    0.0001266274099671378, 0.0007985218849239093, 0.00018570724648479394, -4.0905390772127556e-05, -2.973358065058017e-05,
    -2.9422197711149223e-06, 2.3463219039123873e-06, 8.580284769324707e-07, -3.17820100020679e-08, -8.792575057017707e-08,
    -1.5926399488066996e-08,
};
static const double GELU_DIP = -0.7517915246935645;
static const double GELU_DIP_REST = 1.4956759177009883e-17;
static const double GELU_DIP_SERIES[] = {
    0.4314939923140469, 0.388284982990552, -0.018199676398671233, -0.1140082332972211, -0.014771522148222527,
    0.019421679838141925, 0.004539228377883565, -0.0022395380664964907, -0.0007448268039398346, 0.00018633971932464872,
    8.615895071585417e-05, -1.121413757853911e-05, -7.744011446546374e-06, 4.317701830245626e-07, 5.506858299107985e-07,
};

static inline double sigmoid(double x);
static inline double softplus(double x);
static inline double log_sigmoid(double x);
static inline double sech(double x);
static inline double relu(double x);
static inline double leaky_relu(double x, double slope);
static inline double elu(double x, double alpha);
static inline double elu_slope(double x, double alpha);
static inline double nearest_to_zero(double a, double b);
static inline double silu(double x);
static inline double silu_slope(double x);
static inline double stop_gradient(double x);
static inline double not_negative(double x);
static inline double asin_slope(double x);
static inline double acosh_slope(double x);
static inline double atanh_slope(double x);
static inline double xlogy(double x, double y);
static inline double power_slope(double a, double b);
static inline double exponent_slope(double a, double b);
static inline double mixed_power_slope(double a, double b);
static inline double div_slope(double a, double b);
static inline double whole_quotient(double a, double b);
static inline double unit(double a, double b);
static inline double angle_slope(double a, double b);
static inline double bell(double x, double scale, double k);
static inline double gaussian(double x);
static inline double gaussian_slope(double x);
static inline double normal_pdf(double x);
static inline double normal_pdf_slope(double x);
static inline double normal_cdf(double x);
static inline double upper_tail(double x);
static inline double gelu(double x);
static inline double gelu_slope(double x);
static inline double exp_of_difference(double a, double b);

/* 1 / (1 + exp(-x)) */
static inline double sigmoid(double x) {
    double e = exp(-fabs(x));
    return (x >= 0.0 ? 1.0 : e) / (1.0 + e);
}

/* log1p(exp(x)) */
static inline double softplus(double x) {
    return maximum(x, 0.0) + log1p(exp(-fabs(x)));
}

/* -log1p(exp(-x)) */
static inline double log_sigmoid(double x) {
    return -softplus(-x);
}

/* 1 / cosh(x) */
static inline double sech(double x) {
    double e = exp(-fabs(x));
    return 2.0 * e / (1.0 + e * e);
}

/* maximum(x, 0) */
static inline double relu(double x) {
    return x <= 0.0 ? 0.0 : x;
}

/* where(x >= 0, x, slope * x) */
static inline double leaky_relu(double x, double slope) {
    return x >= 0.0 ? x : slope * x;
}

/* where(x >= 0, x, alpha * expm1(x)) */
static inline double elu(double x, double alpha) {
    return x >= 0.0 ? x : alpha * expm1(minimum(x, 0.0));
}

/* where(x > 0, 1, where(x < 0, alpha * exp(x), nearest_to_zero(alpha, 1))) */
static inline double elu_slope(double x, double alpha) {
    double half = exp(minimum(x, 0.0) / 2.0);
    return x > 0.0 ? 1.0 : x == 0.0 ? nearest_to_zero(alpha, 1.0) : alpha * half * half;
}

/* where(a * b <= 0, 0, where(abs(a) < abs(b), a, b)) */
static inline double nearest_to_zero(double a, double b) {
    return a <= 0.0 && b >= 0.0 || a >= 0.0 && b <= 0.0 ? 0.0 : fabs(a) < fabs(b) ? a : b;
}

/* x / (1 + exp(-x)) */
static inline double silu(double x) {
    double low = maximum(x, -2000.0);
    double half = exp(minimum(low, 0.0) / 2.0);
    return x < -700.0 ? low * half * half : low * sigmoid(x);
}

/* sigmoid(x) * (1 + x * sigmoid(-x)) */
static inline double silu_slope(double x) {
    double low = maximum(x, -2000.0);
    double high = minimum(x, 2000.0);
    double half = exp(minimum(low, 0.0) / 2.0);
    double t = x - SILU_DIP - SILU_DIP_REST;
    double slope = sigmoid(x) * (1.0 + (x < 0.0 ? low : high) * sigmoid(-x));
    double away = x < -700.0 ? (1.0 + low) * half * half : slope;
    return fabs(t) < 0.5 ? t * polynomial(t, SILU_DIP_SERIES) : away;
}

/* x */
static inline double stop_gradient(double x) {
    return +x;
}

/* where(x < 0, nan, x) */
static inline double not_negative(double x) {
    return x < 0.0 ? NAN : fabs(x);
}

/* 1 / sqrt(1 - x * x) */
static inline double asin_slope(double x) {
    return 1.0 / sqrt((1.0 - x) * (1.0 + x));
}

/* 1 / (sqrt(x - 1) * sqrt(x + 1)) */
static inline double acosh_slope(double x) {
    return 1.0 / (sqrt(x - 1.0) * sqrt(x + 1.0));
}

/* where(abs(x) > 1, nan, 1 / (1 - x * x)) */
static inline double atanh_slope(double x) {
    return fabs(x) > 1.0 ? NAN : 1.0 / ((1.0 - x) * (1.0 + x));
}

/* where(x == 0, 0, x * log(y)) */
static inline double xlogy(double x, double y) {
    return x == 0.0 && y == y ? 0.0 : x * log(x == 0.0 ? 1.0 : y);
}

/* where(b == 0, 0, b * a ** (b - 1)) */
static inline double power_slope(double a, double b) {
    double p = b - 1.0;
    double lost = b - (p - (p - b)) + (-1.0 - (p - b));
    double power = pow(fabs(a), p);
    double half = pow(fabs(a), p / 2.0);
    double odd_side = floor(b / 2.0) * 2.0 == b ? -1.0 : floor(b) == b || a == 0.0 ? 1.0 : NAN;
    double turn = copysign(1.0, a) < 0.0 ? odd_side : 1.0;
    double slope = turn * (power < TINY || isinf(power) ? b * half * half : b * power);
    int exact = lost == 0.0 || slope == 0.0 || isinf(slope);
    return b == 0.0 ? 0.0 : exact ? slope : slope * exp(lost * log(fabs(a)));
}

/* where((a == 0) & (b > 0), 0, a ** b * log(a)) */
static inline double exponent_slope(double a, double b) {
    double half = pow(a, b / 2.0);
    return a == 0.0 && b > 0.0 ? 0.0 : half * log(a) * half;
}

/* where(a == 0, a ** (b - 1) + b * exponent_slope(a, b - 1), a ** (b - 1) * (1 + b * log(a))) */
static inline double mixed_power_slope(double a, double b) {
    double power = pow(a, b - 1.0);
    return a == 0.0 ? power + b * exponent_slope(a, b - 1.0) : power * (1.0 + b * log(a));
}

/* -a / b / b */
static inline double div_slope(double a, double b) {
    double y = a / b;
    int subnormal = fabs(y) < TINY && y != 0.0;
    return subnormal ? a * -1.6069380442589903e+60 / b / b * 6.223015277861142e-61 : -y / b;
}

/* floor(a / b) */
static inline double whole_quotient(double a, double b) {
    return floor_divide(a, b);
}

/* where((a == 0) & (b == 0), 0, a / sqrt(a * a + b * b)) */
static inline double unit(double a, double b) {
    double size = maximum(fabs(a), fabs(b));
    double scale = size == 0.0 ? 1.0 : size;
    double u = a / scale;
    double v = b / scale;
    double at_infinity = isinf(b) ? isinf(a) ? NAN : 0.0 * sign(a) : sign(a);
    return isinf(size) ? at_infinity : u / (size == 0.0 ? 1.0 : hypotenuse(u, v));
}

/* a / (a * a + b * b) */
static inline double angle_slope(double a, double b) {
    double size = maximum(fabs(a), fabs(b));
    double scale = size == 0.0 || isinf(size) ? 1.0 : size;
    double u = a / scale;
    double v = b / scale;
    double lift = fabs(u) < TINY ? 1.6069380442589903e+60 : 1.0;
    double slope = a * lift / scale / (u * u + v * v) / scale / lift;
    return isinf(size) ? isinf(a) || isinf(b) ? 0.0 * sign(a) : NAN : slope;
}

/* scale * exp(-k * x * x) */
static inline double bell(double x, double scale, double k) {
    x = clip(x, -60.0, 60.0);
    double near_by = floor(x * 16.0) / 16.0;
    int far_off = k * near_by * near_by > 700.0;
    double most = exp(-k * near_by * near_by / (far_off ? 2.0 : 1.0));
    return most * (exp(-k * (x - near_by) * (x + near_by)) * scale) * (far_off ? most : 1.0);
}

/* exp(-x * x) */
static inline double gaussian(double x) {
    return bell(x, 1.0, 1.0);
}

/* -2 * x * exp(-x * x) */
static inline double gaussian_slope(double x) {
    return bell(x, -2.0 * clip(x, -60.0, 60.0), 1.0);
}

/* exp(-x * x / 2) / sqrt(2 * pi) */
static inline double normal_pdf(double x) {
    return bell(x, 0.3989422804014327, 0.5);
}

/* -x * exp(-x * x / 2) / sqrt(2 * pi) */
static inline double normal_pdf_slope(double x) {
    return bell(x, -0.3989422804014327 * clip(x, -60.0, 60.0), 0.5);
}

/* erfc(-x / sqrt(2)) / 2 */
static inline double normal_cdf(double x) {
    double tail = bell(x, upper_tail(fabs(x)), 0.5);
    return x > 0.0 ? 1.0 - tail : tail;
}

/* erfc(x / sqrt(2)) / 2 * exp(x * x / 2) */
static inline double upper_tail(double x) {
    x = minimum(x, 1000000000.0);
    return polynomial((x - 4.0) / (x + 4.0), UPPER_TAIL) / (1.0 + x);
}

/* x * normal_cdf(x) */
static inline double gelu(double x) {
    double below = minimum(x, 0.0);
    below = maximum(below, -1000000000.0);
    return x > 0.0 ? x * normal_cdf(x) : bell(below, below * upper_tail(-below), 0.5);
}

/* normal_cdf(x) + x * normal_pdf(x) */
static inline double gelu_slope(double x) {
    double low = clip(x, -1000000000.0, 1000000000.0);
    double t = x - GELU_DIP - GELU_DIP_REST;
    double below = bell(low, upper_tail(fabs(low)) + low * 0.3989422804014327, 0.5);
    double above = normal_cdf(x) + low * normal_pdf(x);
    return fabs(t) < 0.375 ? t * polynomial(t, GELU_DIP_SERIES) : x < 0.0 ? below : above;
}

/* exp(a - b) */
static inline double exp_of_difference(double a, double b) {
    double difference = a - b;
    double step = difference - a;
    double lost = a - (difference - step) - (b + step);
    return exp(difference) * (isinf(difference) ? 1.0 : 1.0 + lost);
}

#include "lists.h"

/* pos: +a */
static inline double value_pos(double a) {
    return +a;
}

/* pos, a: 1 */
static inline double slope_pos_a(double a, double y, int *blocked) {
    return 1.0;
}

/* neg: -a */
static inline double value_neg(double a) {
    return -a;
}

/* neg, a: -1 */
static inline double slope_neg_a(double a, double y, int *blocked) {
    return -1.0;
}

/* add: a + b */
static inline double value_add(double a, double b) {
    return a + b;
}

/* add, a: 1 */
static inline double slope_add_a(double a, double b, double y, int *blocked) {
    return 1.0;
}

/* add, b: 1 */
static inline double slope_add_b(double a, double b, double y, int *blocked) {
    return 1.0;
}

/* sub: a - b */
static inline double value_sub(double a, double b) {
    return a - b;
}

/* sub, a: 1 */
static inline double slope_sub_a(double a, double b, double y, int *blocked) {
    return 1.0;
}

/* sub, b: -1 */
static inline double slope_sub_b(double a, double b, double y, int *blocked) {
    return -1.0;
}

/* mul: a * b */
static inline double value_mul(double a, double b) {
    return a * b;
}

/* mul, a: b */
static inline double slope_mul_a(double a, double b, double y, int *blocked) {
    return b;
}

/* mul, b: a */
static inline double slope_mul_b(double a, double b, double y, int *blocked) {
    return a;
}

/* div: a / b */
static inline double value_div(double a, double b) {
    return a / b;
}

/* div, a: 1 / b */
static inline double slope_div_a(double a, double b, double y, int *blocked) {
    return 1.0 / b;
}

/* div, b: div_slope(a, b) */
static inline double slope_div_b(double a, double b, double y, int *blocked) {
    return div_slope(a, b);
}

/* pow: a ** b */
static inline double value_pow(double a, double b) {
    return pow(a, b);
}

/* pow, a: power_slope(a, b) */
static inline double slope_pow_a(double a, double b, double y, int *blocked) {
    return power_slope(a, b);
}

/* pow, b: exponent_slope(a, b) */
static inline double slope_pow_b(double a, double b, double y, int *blocked) {
    return exponent_slope(a, b);
}

/* remainder: remainder(a, b) */
static inline double value_remainder(double a, double b) {
    return floored_remainder(a, b);
}

/* remainder, a: 1 */
static inline double slope_remainder_a(double a, double b, double y, int *blocked) {
    return 1.0;
}

/* remainder, b: -whole_quotient(a, b) */
static inline double slope_remainder_b(double a, double b, double y, int *blocked) {
    return -whole_quotient(a, b);
}

/* abs: abs(a) */
static inline double value_abs(double a) {
    return fabs(a);
}

/* abs, a: sign(a) */
static inline double slope_abs_a(double a, double y, int *blocked) {
    return sign(a);
}

/* exp: exp(a) */
static inline double value_exp(double a) {
    return exp(a);
}

/* exp, a: y */
static inline double slope_exp_a(double a, double y, int *blocked) {
    return y;
}

/* expm1: expm1(a) */
static inline double value_expm1(double a) {
    return expm1(a);
}

/* expm1, a: exp(a) */
static inline double slope_expm1_a(double a, double y, int *blocked) {
    return exp(a);
}

/* log: log(a) */
static inline double value_log(double a) {
    return log(a);
}

/* log, a: 1 / not_negative(a) */
static inline double slope_log_a(double a, double y, int *blocked) {
    return 1.0 / not_negative(a);
}

/* log1p: log1p(a) */
static inline double value_log1p(double a) {
    return log1p(a);
}

/* log1p, a: 1 / not_negative(1 + a) */
static inline double slope_log1p_a(double a, double y, int *blocked) {
    return 1.0 / not_negative(1.0 + a);
}

/* log2: log2(a) */
static inline double value_log2(double a) {
    return log2(a);
}

/* log2, a: 1 / log(2) / not_negative(a) */
static inline double slope_log2_a(double a, double y, int *blocked) {
    return 1.0 / log(2.0) / not_negative(a);
}

/* log10: log10(a) */
static inline double value_log10(double a) {
    return log10(a);
}

/* log10, a: 1 / log(10) / not_negative(a) */
static inline double slope_log10_a(double a, double y, int *blocked) {
    return 1.0 / log(10.0) / not_negative(a);
}

/* sqrt: sqrt(a) */
static inline double value_sqrt(double a) {
    return sqrt(a);
}

/* sqrt, a: 1 / (2 * not_negative(y)) */
static inline double slope_sqrt_a(double a, double y, int *blocked) {
    return 1.0 / (2.0 * not_negative(y));
}

/* sin: sin(a) */
static inline double value_sin(double a) {
    return sin(a);
}

/* sin, a: cos(a) */
static inline double slope_sin_a(double a, double y, int *blocked) {
    return cos(a);
}

/* cos: cos(a) */
static inline double value_cos(double a) {
    return cos(a);
}

/* cos, a: -sin(a) */
static inline double slope_cos_a(double a, double y, int *blocked) {
    return -sin(a);
}

/* tan: tan(a) */
static inline double value_tan(double a) {
    return tan(a);
}

/* tan, a: 1 + y * y */
static inline double slope_tan_a(double a, double y, int *blocked) {
    return 1.0 + y * y;
}

/* asin: asin(a) */
static inline double value_asin(double a) {
    return asin(a);
}

/* asin, a: asin_slope(a) */
static inline double slope_asin_a(double a, double y, int *blocked) {
    return asin_slope(a);
}

/* acos: acos(a) */
static inline double value_acos(double a) {
    return acos(a);
}

/* acos, a: -asin_slope(a) */
static inline double slope_acos_a(double a, double y, int *blocked) {
    return -asin_slope(a);
}

/* atan: atan(a) */
static inline double value_atan(double a) {
    return atan(a);
}

/* atan, a: 1 / hypot(1, a) / hypot(1, a) */
static inline double slope_atan_a(double a, double y, int *blocked) {
    return 1.0 / hypotenuse(1.0, a) / hypotenuse(1.0, a);
}

/* atan2: atan2(a, b) */
static inline double value_atan2(double a, double b) {
    return atan2(a, b);
}

/* atan2, a: angle_slope(b, a) */
static inline double slope_atan2_a(double a, double b, double y, int *blocked) {
    return angle_slope(b, a);
}

/* atan2, b: -angle_slope(a, b) */
static inline double slope_atan2_b(double a, double b, double y, int *blocked) {
    return -angle_slope(a, b);
}

/* sinh: sinh(a) */
static inline double value_sinh(double a) {
    return sinh(a);
}

/* sinh, a: cosh(a) */
static inline double slope_sinh_a(double a, double y, int *blocked) {
    return cosh(a);
}

/* cosh: cosh(a) */
static inline double value_cosh(double a) {
    return cosh(a);
}

/* cosh, a: sinh(a) */
static inline double slope_cosh_a(double a, double y, int *blocked) {
    return sinh(a);
}

/* tanh: tanh(a) */
static inline double value_tanh(double a) {
    return tanh(a);
}

/* tanh, a: sech(a) * sech(a) */
static inline double slope_tanh_a(double a, double y, int *blocked) {
    return sech(a) * sech(a);
}

/* asinh: asinh(a) */
static inline double value_asinh(double a) {
    return asinh(a);
}

/* asinh, a: 1 / hypot(1, a) */
static inline double slope_asinh_a(double a, double y, int *blocked) {
    return 1.0 / hypotenuse(1.0, a);
}

/* acosh: acosh(a) */
static inline double value_acosh(double a) {
    return acosh(a);
}

/* acosh, a: acosh_slope(a) */
static inline double slope_acosh_a(double a, double y, int *blocked) {
    return acosh_slope(a);
}

/* atanh: atanh(a) */
static inline double value_atanh(double a) {
    return atanh(a);
}

/* atanh, a: atanh_slope(a) */
static inline double slope_atanh_a(double a, double y, int *blocked) {
    return atanh_slope(a);
}

/* erf: erf(a) */
static inline double value_erf(double a) {
    return erf(a);
}

/* erf, a: 2 / sqrt(pi) * gaussian(a) */
static inline double slope_erf_a(double a, double y, int *blocked) {
    return 2.0 / sqrt(PI) * gaussian(a);
}

/* hypot: hypot(a, b) */
static inline double value_hypot(double a, double b) {
    return hypotenuse(a, b);
}

/* hypot, a: unit(a, b) */
static inline double slope_hypot_a(double a, double b, double y, int *blocked) {
    return unit(a, b);
}

/* hypot, b: unit(b, a) */
static inline double slope_hypot_b(double a, double b, double y, int *blocked) {
    return unit(b, a);
}

/* floor: floor(a) */
static inline double value_floor(double a) {
    return floor(a);
}

/* floor, a: 0 */
static inline double slope_floor_a(double a, double y, int *blocked) {
    return 0.0;
}

/* sign: sign(a) */
static inline double value_sign(double a) {
    return sign(a);
}

/* sign, a: 0 */
static inline double slope_sign_a(double a, double y, int *blocked) {
    return 0.0;
}

/* xlogy: xlogy(a, b) */
static inline double value_xlogy(double a, double b) {
    return xlogy(a, b);
}

/* xlogy, a: log(b) */
static inline double slope_xlogy_a(double a, double b, double y, int *blocked) {
    return log(b);
}

/* xlogy, b: where(a == 0, where(b == 0, 0, a / not_negative(b)), a / not_negative(b)) */
static inline double slope_xlogy_b(double a, double b, double y, int *blocked) {
    return a == 0.0 ? b == 0.0 ? 0.0 : a / not_negative(b) : a / not_negative(b);
}

/* maximum: maximum(a, b) */
static inline double value_maximum(double a, double b) {
    return maximum(a, b);
}

/* maximum, a: where(a == b, 1 / 2, where((a > b) | (a != a), 1, blocked)) */
static inline double slope_maximum_a(double a, double b, double y, int *blocked) {
    return a == b ? 0.5 : a > b || a != a ? 1.0 : BLOCKED;
}

/* maximum, b: where(a == b, 1 / 2, where((a > b) | (a != a), blocked, 1)) */
static inline double slope_maximum_b(double a, double b, double y, int *blocked) {
    return a == b ? 0.5 : a > b || a != a ? BLOCKED : 1.0;
}

/* minimum: minimum(a, b) */
static inline double value_minimum(double a, double b) {
    return minimum(a, b);
}

/* minimum, a: where(a == b, 1 / 2, where((a < b) | (a != a), 1, blocked)) */
static inline double slope_minimum_a(double a, double b, double y, int *blocked) {
    return a == b ? 0.5 : a < b || a != a ? 1.0 : BLOCKED;
}

/* minimum, b: where(a == b, 1 / 2, where((a < b) | (a != a), blocked, 1)) */
static inline double slope_minimum_b(double a, double b, double y, int *blocked) {
    return a == b ? 0.5 : a < b || a != a ? BLOCKED : 1.0;
}

/* clip: clip(a, b, c) */
static inline double value_clip(double a, double b, double c) {
    return clip(a, b, c);
}

/* clip, a: where((a <= b) | (a >= c), blocked, 1) */
static inline double slope_clip_a(double a, double b, double c, double y, int *blocked) {
    return a <= b || a >= c ? BLOCKED : 1.0;
}

/* stop_gradient: stop_gradient(a) */
static inline double value_stop_gradient(double a) {
    return stop_gradient(a);
}

/* stop_gradient, a: blocked */
static inline double slope_stop_gradient_a(double a, double y, int *blocked) {
    return BLOCKED;
}

/* where: where(a, b, c) */
static inline double value_where(double a, double b, double c) {
    return a ? b : c;
}

/* where, b: where((a < 0) | (a > 0), 1, blocked) */
static inline double slope_where_b(double a, double b, double c, double y, int *blocked) {
    return a < 0.0 || a > 0.0 ? 1.0 : BLOCKED;
}

/* where, c: where((a < 0) | (a > 0), blocked, 1) */
static inline double slope_where_c(double a, double b, double c, double y, int *blocked) {
    return a < 0.0 || a > 0.0 ? BLOCKED : 1.0;
}

/* relu: relu(a) */
static inline double value_relu(double a) {
    return relu(a);
}

/* relu, a: where(a <= 0, blocked, 1) */
static inline double slope_relu_a(double a, double y, int *blocked) {
    return a <= 0.0 ? BLOCKED : 1.0;
}

/* leaky_relu: leaky_relu(a, b) */
static inline double value_leaky_relu(double a, double b) {
    return leaky_relu(a, b);
}

/* leaky_relu, a: where(a > 0, 1, where(a == 0, nearest_to_zero(b, 1), b)) */
static inline double slope_leaky_relu_a(double a, double b, double y, int *blocked) {
    return a > 0.0 ? 1.0 : a == 0.0 ? nearest_to_zero(b, 1.0) : b;
}

/* elu: elu(a, b) */
static inline double value_elu(double a, double b) {
    return elu(a, b);
}

/* elu, a: elu_slope(a, b) */
static inline double slope_elu_a(double a, double b, double y, int *blocked) {
    return elu_slope(a, b);
}

/* sigmoid: sigmoid(a) */
static inline double value_sigmoid(double a) {
    return sigmoid(a);
}

/* sigmoid, a: y * sigmoid(-a) */
static inline double slope_sigmoid_a(double a, double y, int *blocked) {
    return y * sigmoid(-a);
}

/* log_sigmoid: log_sigmoid(a) */
static inline double value_log_sigmoid(double a) {
    return log_sigmoid(a);
}

/* log_sigmoid, a: sigmoid(-a) */
static inline double slope_log_sigmoid_a(double a, double y, int *blocked) {
    return sigmoid(-a);
}

/* softplus: softplus(a) */
static inline double value_softplus(double a) {
    return softplus(a);
}

/* softplus, a: sigmoid(a) */
static inline double slope_softplus_a(double a, double y, int *blocked) {
    return sigmoid(a);
}

/* silu: silu(a) */
static inline double value_silu(double a) {
    return silu(a);
}

/* silu, a: silu_slope(a) */
static inline double slope_silu_a(double a, double y, int *blocked) {
    return silu_slope(a);
}

/* gelu: gelu(a) */
static inline double value_gelu(double a) {
    return gelu(a);
}

/* gelu, a: gelu_slope(a) */
static inline double slope_gelu_a(double a, double y, int *blocked) {
    return gelu_slope(a);
}

/* total: total(xs) */
static inline double value_total(const double *xs, Py_ssize_t n) {
    return total(xs, n);
}

/* total: ones(xs) */
static inline void slopes_total(const double *xs, Py_ssize_t n, double y, double *slopes) {
    (void)y;
    ones(xs, n, slopes);
}

/* dot: dot(xs) */
static inline double value_dot(const double *xs, Py_ssize_t n) {
    return dot(xs, n);
}

/* dot: swapped(xs) */
static inline void slopes_dot(const double *xs, Py_ssize_t n, double y, double *slopes) {
    (void)y;
    swapped(xs, n, slopes);
}

/* logsumexp: logsumexp(xs) */
static inline double value_logsumexp(const double *xs, Py_ssize_t n) {
    return logsumexp(xs, n);
}

/* logsumexp: softmax(xs) */
static inline void slopes_logsumexp(const double *xs, Py_ssize_t n, double y, double *slopes) {
    (void)y;
    softmax(xs, n, slopes);
}

/* largest: largest(xs) */
static inline double value_largest(const double *xs, Py_ssize_t n) {
    return largest(xs, n);
}

/* sech: sech(a) */
static inline double value_sech(double a) {
    return sech(a);
}

/* sech, a: -y * tanh(a) */
static inline double slope_sech_a(double a, double y, int *blocked) {
    return -y * tanh(a);
}

/* gaussian: gaussian(a) */
static inline double value_gaussian(double a) {
    return gaussian(a);
}

/* gaussian, a: gaussian_slope(a) */
static inline double slope_gaussian_a(double a, double y, int *blocked) {
    return gaussian_slope(a);
}

/* normal_cdf: normal_cdf(a) */
static inline double value_normal_cdf(double a) {
    return normal_cdf(a);
}

/* normal_cdf, a: normal_pdf(a) */
static inline double slope_normal_cdf_a(double a, double y, int *blocked) {
    return normal_pdf(a);
}

/* normal_pdf: normal_pdf(a) */
static inline double value_normal_pdf(double a) {
    return normal_pdf(a);
}

/* normal_pdf, a: normal_pdf_slope(a) */
static inline double slope_normal_pdf_a(double a, double y, int *blocked) {
    return normal_pdf_slope(a);
}

/* not_negative: not_negative(a) */
static inline double value_not_negative(double a) {
    return not_negative(a);
}

/* not_negative, a: where(a < 0, nan, 1) */
static inline double slope_not_negative_a(double a, double y, int *blocked) {
    return a < 0.0 ? NAN : 1.0;
}

/* asin_slope: asin_slope(a) */
static inline double value_asin_slope(double a) {
    return asin_slope(a);
}

/* asin_slope, a: a * y * y * y */
static inline double slope_asin_slope_a(double a, double y, int *blocked) {
    return a * y * y * y;
}

/* acosh_slope: acosh_slope(a) */
static inline double value_acosh_slope(double a) {
    return acosh_slope(a);
}

/* acosh_slope, a: -a * y * y * y */
static inline double slope_acosh_slope_a(double a, double y, int *blocked) {
    return -a * y * y * y;
}

/* atanh_slope: atanh_slope(a) */
static inline double value_atanh_slope(double a) {
    return atanh_slope(a);
}

/* atanh_slope, a: 2 * a * y * y */
static inline double slope_atanh_slope_a(double a, double y, int *blocked) {
    return 2.0 * a * y * y;
}

/* power_slope: power_slope(a, b) */
static inline double value_power_slope(double a, double b) {
    return power_slope(a, b);
}

/* power_slope, a: where((b != 0) & (b - 1 + 1 == b) & (b - (b - 1) == 1), b * power_slope(a, b - 1), where(a == 0, where(b == 0, 0, b * power_slope(a, b - 1)), (b - 1) * y / a)) */
static inline double slope_power_slope_a(double a, double b, double y, int *blocked) {
    return b != 0.0 && b - 1.0 + 1.0 == b && b - (b - 1.0) == 1.0 ? b * power_slope(a, b - 1.0) : a == 0.0 ? b == 0.0 ? 0.0 : b * power_slope(a, b - 1.0) : (b - 1.0) * y / a;
}

/* power_slope, b: mixed_power_slope(a, b) */
static inline double slope_power_slope_b(double a, double b, double y, int *blocked) {
    return mixed_power_slope(a, b);
}

/* exponent_slope: exponent_slope(a, b) */
static inline double value_exponent_slope(double a, double b) {
    return exponent_slope(a, b);
}

/* exponent_slope, a: mixed_power_slope(a, b) */
static inline double slope_exponent_slope_a(double a, double b, double y, int *blocked) {
    return mixed_power_slope(a, b);
}

/* exponent_slope, b: where(a == 0, where(b > 0, 0, log(a) * y), log(a) * y) */
static inline double slope_exponent_slope_b(double a, double b, double y, int *blocked) {
    return a == 0.0 ? b > 0.0 ? 0.0 : log(a) * y : log(a) * y;
}

/* unit: unit(a, b) */
static inline double value_unit(double a, double b) {
    return unit(a, b);
}

/* unit, a: unit(b, a) * unit(b, a) / hypot(a, b) */
static inline double slope_unit_a(double a, double b, double y, int *blocked) {
    return unit(b, a) * unit(b, a) / hypotenuse(a, b);
}

/* unit, b: -y * unit(b, a) / hypot(a, b) */
static inline double slope_unit_b(double a, double b, double y, int *blocked) {
    return -y * unit(b, a) / hypotenuse(a, b);
}

/* angle_slope: angle_slope(a, b) */
static inline double value_angle_slope(double a, double b) {
    return angle_slope(a, b);
}

/* angle_slope, a: angle_slope(b, a) * angle_slope(b, a) - y * y */
static inline double slope_angle_slope_a(double a, double b, double y, int *blocked) {
    return angle_slope(b, a) * angle_slope(b, a) - y * y;
}

/* angle_slope, b: -2 * unit(a, b) * unit(b, a) / hypot(a, b) / hypot(a, b) */
static inline double slope_angle_slope_b(double a, double b, double y, int *blocked) {
    return -2.0 * unit(a, b) * unit(b, a) / hypotenuse(a, b) / hypotenuse(a, b);
}

/* elu_slope: elu_slope(a, b) */
static inline double value_elu_slope(double a, double b) {
    return elu_slope(a, b);
}

/* elu_slope, a: where(a > 0, 0, where(a == 0, where(b > 1, 0, b), b * exp(a))) */
static inline double slope_elu_slope_a(double a, double b, double y, int *blocked) {
    return a > 0.0 ? 0.0 : a == 0.0 ? b > 1.0 ? 0.0 : b : b * exp(a);
}

/* silu_slope: silu_slope(a) */
static inline double value_silu_slope(double a) {
    return silu_slope(a);
}

/* silu_slope, a: sigmoid(a) * sigmoid(-a) * (2 + a * (sigmoid(-a) - sigmoid(a))) */
static inline double slope_silu_slope_a(double a, double y, int *blocked) {
    return sigmoid(a) * sigmoid(-a) * (2.0 + a * (sigmoid(-a) - sigmoid(a)));
}

/* gelu_slope: gelu_slope(a) */
static inline double value_gelu_slope(double a) {
    return gelu_slope(a);
}

/* gelu_slope, a: 2 * normal_pdf(a) + a * normal_pdf_slope(a) */
static inline double slope_gelu_slope_a(double a, double y, int *blocked) {
    return 2.0 * normal_pdf(a) + a * normal_pdf_slope(a);
}

static inline double value1(int code, double a) {
    switch (code) {
    case OP_POS: return value_pos(a);
    case OP_NEG: return value_neg(a);
    case OP_ABS: return value_abs(a);
    case OP_EXP: return value_exp(a);
    case OP_EXPM1: return value_expm1(a);
    case OP_LOG: return value_log(a);
    case OP_LOG1P: return value_log1p(a);
    case OP_LOG2: return value_log2(a);
    case OP_LOG10: return value_log10(a);
    case OP_SQRT: return value_sqrt(a);
    case OP_SIN: return value_sin(a);
    case OP_COS: return value_cos(a);
    case OP_TAN: return value_tan(a);
    case OP_ASIN: return value_asin(a);
    case OP_ACOS: return value_acos(a);
    case OP_ATAN: return value_atan(a);
    case OP_SINH: return value_sinh(a);
    case OP_COSH: return value_cosh(a);
    case OP_TANH: return value_tanh(a);
    case OP_ASINH: return value_asinh(a);
    case OP_ACOSH: return value_acosh(a);
    case OP_ATANH: return value_atanh(a);
    case OP_ERF: return value_erf(a);
    case OP_FLOOR: return value_floor(a);
    case OP_SIGN: return value_sign(a);
    case OP_STOP_GRADIENT: return value_stop_gradient(a);
    case OP_RELU: return value_relu(a);
    case OP_SIGMOID: return value_sigmoid(a);
    case OP_LOG_SIGMOID: return value_log_sigmoid(a);
    case OP_SOFTPLUS: return value_softplus(a);
    case OP_SILU: return value_silu(a);
    case OP_GELU: return value_gelu(a);
    case OP_SECH: return value_sech(a);
    case OP_GAUSSIAN: return value_gaussian(a);
    case OP_NORMAL_CDF: return value_normal_cdf(a);
    case OP_NORMAL_PDF: return value_normal_pdf(a);
    case OP_NOT_NEGATIVE: return value_not_negative(a);
    case OP_ASIN_SLOPE: return value_asin_slope(a);
    case OP_ACOSH_SLOPE: return value_acosh_slope(a);
    case OP_ATANH_SLOPE: return value_atanh_slope(a);
    case OP_SILU_SLOPE: return value_silu_slope(a);
    case OP_GELU_SLOPE: return value_gelu_slope(a);
    default: return NAN;
    }
}

static inline double slope1(int code, int operand, double a, double y, int *blocked) {
    switch (code * 4 + operand) {
    case OP_POS * 4 + 0: return slope_pos_a(a, y, blocked);
    case OP_NEG * 4 + 0: return slope_neg_a(a, y, blocked);
    case OP_ABS * 4 + 0: return slope_abs_a(a, y, blocked);
    case OP_EXP * 4 + 0: return slope_exp_a(a, y, blocked);
    case OP_EXPM1 * 4 + 0: return slope_expm1_a(a, y, blocked);
    case OP_LOG * 4 + 0: return slope_log_a(a, y, blocked);
    case OP_LOG1P * 4 + 0: return slope_log1p_a(a, y, blocked);
    case OP_LOG2 * 4 + 0: return slope_log2_a(a, y, blocked);
    case OP_LOG10 * 4 + 0: return slope_log10_a(a, y, blocked);
    case OP_SQRT * 4 + 0: return slope_sqrt_a(a, y, blocked);
    case OP_SIN * 4 + 0: return slope_sin_a(a, y, blocked);
    case OP_COS * 4 + 0: return slope_cos_a(a, y, blocked);
    case OP_TAN * 4 + 0: return slope_tan_a(a, y, blocked);
    case OP_ASIN * 4 + 0: return slope_asin_a(a, y, blocked);
    case OP_ACOS * 4 + 0: return slope_acos_a(a, y, blocked);
    case OP_ATAN * 4 + 0: return slope_atan_a(a, y, blocked);
    case OP_SINH * 4 + 0: return slope_sinh_a(a, y, blocked);
    case OP_COSH * 4 + 0: return slope_cosh_a(a, y, blocked);
    case OP_TANH * 4 + 0: return slope_tanh_a(a, y, blocked);
    case OP_ASINH * 4 + 0: return slope_asinh_a(a, y, blocked);
    case OP_ACOSH * 4 + 0: return slope_acosh_a(a, y, blocked);
    case OP_ATANH * 4 + 0: return slope_atanh_a(a, y, blocked);
    case OP_ERF * 4 + 0: return slope_erf_a(a, y, blocked);
    case OP_FLOOR * 4 + 0: return slope_floor_a(a, y, blocked);
    case OP_SIGN * 4 + 0: return slope_sign_a(a, y, blocked);
    case OP_STOP_GRADIENT * 4 + 0: return slope_stop_gradient_a(a, y, blocked);
    case OP_RELU * 4 + 0: return slope_relu_a(a, y, blocked);
    case OP_SIGMOID * 4 + 0: return slope_sigmoid_a(a, y, blocked);
    case OP_LOG_SIGMOID * 4 + 0: return slope_log_sigmoid_a(a, y, blocked);
    case OP_SOFTPLUS * 4 + 0: return slope_softplus_a(a, y, blocked);
    case OP_SILU * 4 + 0: return slope_silu_a(a, y, blocked);
    case OP_GELU * 4 + 0: return slope_gelu_a(a, y, blocked);
    case OP_SECH * 4 + 0: return slope_sech_a(a, y, blocked);
    case OP_GAUSSIAN * 4 + 0: return slope_gaussian_a(a, y, blocked);
    case OP_NORMAL_CDF * 4 + 0: return slope_normal_cdf_a(a, y, blocked);
    case OP_NORMAL_PDF * 4 + 0: return slope_normal_pdf_a(a, y, blocked);
    case OP_NOT_NEGATIVE * 4 + 0: return slope_not_negative_a(a, y, blocked);
    case OP_ASIN_SLOPE * 4 + 0: return slope_asin_slope_a(a, y, blocked);
    case OP_ACOSH_SLOPE * 4 + 0: return slope_acosh_slope_a(a, y, blocked);
    case OP_ATANH_SLOPE * 4 + 0: return slope_atanh_slope_a(a, y, blocked);
    case OP_SILU_SLOPE * 4 + 0: return slope_silu_slope_a(a, y, blocked);
    case OP_GELU_SLOPE * 4 + 0: return slope_gelu_slope_a(a, y, blocked);
    default: return BLOCKED;
    }
}

static inline double value2(int code, double a, double b) {
    switch (code) {
    case OP_ADD: return value_add(a, b);
    case OP_SUB: return value_sub(a, b);
    case OP_MUL: return value_mul(a, b);
    case OP_DIV: return value_div(a, b);
    case OP_POW: return value_pow(a, b);
    case OP_REMAINDER: return value_remainder(a, b);
    case OP_ATAN2: return value_atan2(a, b);
    case OP_HYPOT: return value_hypot(a, b);
    case OP_XLOGY: return value_xlogy(a, b);
    case OP_MAXIMUM: return value_maximum(a, b);
    case OP_MINIMUM: return value_minimum(a, b);
    case OP_LEAKY_RELU: return value_leaky_relu(a, b);
    case OP_ELU: return value_elu(a, b);
    case OP_POWER_SLOPE: return value_power_slope(a, b);
    case OP_EXPONENT_SLOPE: return value_exponent_slope(a, b);
    case OP_UNIT: return value_unit(a, b);
    case OP_ANGLE_SLOPE: return value_angle_slope(a, b);
    case OP_ELU_SLOPE: return value_elu_slope(a, b);
    default: return NAN;
    }
}

static inline double slope2(int code, int operand, double a, double b, double y, int *blocked) {
    switch (code * 4 + operand) {
    case OP_ADD * 4 + 0: return slope_add_a(a, b, y, blocked);
    case OP_ADD * 4 + 1: return slope_add_b(a, b, y, blocked);
    case OP_SUB * 4 + 0: return slope_sub_a(a, b, y, blocked);
    case OP_SUB * 4 + 1: return slope_sub_b(a, b, y, blocked);
    case OP_MUL * 4 + 0: return slope_mul_a(a, b, y, blocked);
    case OP_MUL * 4 + 1: return slope_mul_b(a, b, y, blocked);
    case OP_DIV * 4 + 0: return slope_div_a(a, b, y, blocked);
    case OP_DIV * 4 + 1: return slope_div_b(a, b, y, blocked);
    case OP_POW * 4 + 0: return slope_pow_a(a, b, y, blocked);
    case OP_POW * 4 + 1: return slope_pow_b(a, b, y, blocked);
    case OP_REMAINDER * 4 + 0: return slope_remainder_a(a, b, y, blocked);
    case OP_REMAINDER * 4 + 1: return slope_remainder_b(a, b, y, blocked);
    case OP_ATAN2 * 4 + 0: return slope_atan2_a(a, b, y, blocked);
    case OP_ATAN2 * 4 + 1: return slope_atan2_b(a, b, y, blocked);
    case OP_HYPOT * 4 + 0: return slope_hypot_a(a, b, y, blocked);
    case OP_HYPOT * 4 + 1: return slope_hypot_b(a, b, y, blocked);
    case OP_XLOGY * 4 + 0: return slope_xlogy_a(a, b, y, blocked);
    case OP_XLOGY * 4 + 1: return slope_xlogy_b(a, b, y, blocked);
    case OP_MAXIMUM * 4 + 0: return slope_maximum_a(a, b, y, blocked);
    case OP_MAXIMUM * 4 + 1: return slope_maximum_b(a, b, y, blocked);
    case OP_MINIMUM * 4 + 0: return slope_minimum_a(a, b, y, blocked);
    case OP_MINIMUM * 4 + 1: return slope_minimum_b(a, b, y, blocked);
    case OP_LEAKY_RELU * 4 + 0: return slope_leaky_relu_a(a, b, y, blocked);
    case OP_ELU * 4 + 0: return slope_elu_a(a, b, y, blocked);
    case OP_POWER_SLOPE * 4 + 0: return slope_power_slope_a(a, b, y, blocked);
    case OP_POWER_SLOPE * 4 + 1: return slope_power_slope_b(a, b, y, blocked);
    case OP_EXPONENT_SLOPE * 4 + 0: return slope_exponent_slope_a(a, b, y, blocked);
    case OP_EXPONENT_SLOPE * 4 + 1: return slope_exponent_slope_b(a, b, y, blocked);
    case OP_UNIT * 4 + 0: return slope_unit_a(a, b, y, blocked);
    case OP_UNIT * 4 + 1: return slope_unit_b(a, b, y, blocked);
    case OP_ANGLE_SLOPE * 4 + 0: return slope_angle_slope_a(a, b, y, blocked);
    case OP_ANGLE_SLOPE * 4 + 1: return slope_angle_slope_b(a, b, y, blocked);
    case OP_ELU_SLOPE * 4 + 0: return slope_elu_slope_a(a, b, y, blocked);
    default: return BLOCKED;
    }
}

static inline double value3(int code, double a, double b, double c) {
    switch (code) {
    case OP_CLIP: return value_clip(a, b, c);
    case OP_WHERE: return value_where(a, b, c);
    default: return NAN;
    }
}

static inline double slope3(int code, int operand, double a, double b, double c, double y, int *blocked) {
    switch (code * 4 + operand) {
    case OP_CLIP * 4 + 0: return slope_clip_a(a, b, c, y, blocked);
    case OP_WHERE * 4 + 1: return slope_where_b(a, b, c, y, blocked);
    case OP_WHERE * 4 + 2: return slope_where_c(a, b, c, y, blocked);
    default: return BLOCKED;
    }
}

#endif
