/* Operations by code. Written by autodiff/native/generate.py; change the table, not this file. */

#include "ops.h"

const char *const autodiff_names[OPERATIONS] = {
    "pos",
    "neg",
    "add",
    "sub",
    "mul",
    "div",
    "pow",
    "remainder",
    "abs",
    "exp",
    "expm1",
    "log",
    "log1p",
    "log2",
    "log10",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "atan2",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "erf",
    "hypot",
    "floor",
    "sign",
    "xlogy",
    "maximum",
    "minimum",
    "clip",
    "stop_gradient",
    "where",
    "relu",
    "leaky_relu",
    "elu",
    "sigmoid",
    "log_sigmoid",
    "softplus",
    "silu",
    "gelu",
    "total",
    "dot",
    "logsumexp",
    "largest",
    "sech",
    "gaussian",
    "normal_cdf",
    "normal_pdf",
    "not_negative",
    "asin_slope",
    "acosh_slope",
    "atanh_slope",
    "power_slope",
    "exponent_slope",
    "unit",
    "angle_slope",
    "elu_slope",
    "silu_slope",
    "gelu_slope",
};

const char autodiff_table[] = "6ec207dc-ce686d89"; /* the rules that this was written from */

const signed char autodiff_arity[OPERATIONS] = {
    1,
    1,
    2,
    2,
    2,
    2,
    2,
    2,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    2,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    2,
    1,
    1,
    2,
    2,
    2,
    3,
    1,
    3,
    1,
    2,
    2,
    1,
    1,
    1,
    1,
    1,
    -1,
    -1,
    -1,
    -1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    2,
    2,
    2,
    2,
    2,
    1,
    1,
};

const unsigned char autodiff_fixed[OPERATIONS] = {
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    6,
    0,
    1,
    0,
    2,
    2,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    2,
    0,
    0,
};

double autodiff_value(int code, const double *xs, Py_ssize_t n) {
    (void)n;
    switch (code) {
    case OP_POS: return value_pos(xs[0]);
    case OP_NEG: return value_neg(xs[0]);
    case OP_ADD: return value_add(xs[0], xs[1]);
    case OP_SUB: return value_sub(xs[0], xs[1]);
    case OP_MUL: return value_mul(xs[0], xs[1]);
    case OP_DIV: return value_div(xs[0], xs[1]);
    case OP_POW: return value_pow(xs[0], xs[1]);
    case OP_REMAINDER: return value_remainder(xs[0], xs[1]);
    case OP_ABS: return value_abs(xs[0]);
    case OP_EXP: return value_exp(xs[0]);
    case OP_EXPM1: return value_expm1(xs[0]);
    case OP_LOG: return value_log(xs[0]);
    case OP_LOG1P: return value_log1p(xs[0]);
    case OP_LOG2: return value_log2(xs[0]);
    case OP_LOG10: return value_log10(xs[0]);
    case OP_SQRT: return value_sqrt(xs[0]);
    case OP_SIN: return value_sin(xs[0]);
    case OP_COS: return value_cos(xs[0]);
    case OP_TAN: return value_tan(xs[0]);
    case OP_ASIN: return value_asin(xs[0]);
    case OP_ACOS: return value_acos(xs[0]);
    case OP_ATAN: return value_atan(xs[0]);
    case OP_ATAN2: return value_atan2(xs[0], xs[1]);
    case OP_SINH: return value_sinh(xs[0]);
    case OP_COSH: return value_cosh(xs[0]);
    case OP_TANH: return value_tanh(xs[0]);
    case OP_ASINH: return value_asinh(xs[0]);
    case OP_ACOSH: return value_acosh(xs[0]);
    case OP_ATANH: return value_atanh(xs[0]);
    case OP_ERF: return value_erf(xs[0]);
    case OP_HYPOT: return value_hypot(xs[0], xs[1]);
    case OP_FLOOR: return value_floor(xs[0]);
    case OP_SIGN: return value_sign(xs[0]);
    case OP_XLOGY: return value_xlogy(xs[0], xs[1]);
    case OP_MAXIMUM: return value_maximum(xs[0], xs[1]);
    case OP_MINIMUM: return value_minimum(xs[0], xs[1]);
    case OP_CLIP: return value_clip(xs[0], xs[1], xs[2]);
    case OP_STOP_GRADIENT: return value_stop_gradient(xs[0]);
    case OP_WHERE: return value_where(xs[0], xs[1], xs[2]);
    case OP_RELU: return value_relu(xs[0]);
    case OP_LEAKY_RELU: return value_leaky_relu(xs[0], xs[1]);
    case OP_ELU: return value_elu(xs[0], xs[1]);
    case OP_SIGMOID: return value_sigmoid(xs[0]);
    case OP_LOG_SIGMOID: return value_log_sigmoid(xs[0]);
    case OP_SOFTPLUS: return value_softplus(xs[0]);
    case OP_SILU: return value_silu(xs[0]);
    case OP_GELU: return value_gelu(xs[0]);
    case OP_TOTAL: return value_total(xs, n);
    case OP_DOT: return value_dot(xs, n);
    case OP_LOGSUMEXP: return value_logsumexp(xs, n);
    case OP_LARGEST: return value_largest(xs, n);
    case OP_SECH: return value_sech(xs[0]);
    case OP_GAUSSIAN: return value_gaussian(xs[0]);
    case OP_NORMAL_CDF: return value_normal_cdf(xs[0]);
    case OP_NORMAL_PDF: return value_normal_pdf(xs[0]);
    case OP_NOT_NEGATIVE: return value_not_negative(xs[0]);
    case OP_ASIN_SLOPE: return value_asin_slope(xs[0]);
    case OP_ACOSH_SLOPE: return value_acosh_slope(xs[0]);
    case OP_ATANH_SLOPE: return value_atanh_slope(xs[0]);
    case OP_POWER_SLOPE: return value_power_slope(xs[0], xs[1]);
    case OP_EXPONENT_SLOPE: return value_exponent_slope(xs[0], xs[1]);
    case OP_UNIT: return value_unit(xs[0], xs[1]);
    case OP_ANGLE_SLOPE: return value_angle_slope(xs[0], xs[1]);
    case OP_ELU_SLOPE: return value_elu_slope(xs[0], xs[1]);
    case OP_SILU_SLOPE: return value_silu_slope(xs[0]);
    case OP_GELU_SLOPE: return value_gelu_slope(xs[0]);
    default: return NAN;
    }
}

void autodiff_slopes(int code, const double *xs, Py_ssize_t n, double y, double *slopes, unsigned char *blocked) {
    int blocks[3] = {0, 0, 0};
    memset(blocked, 0, (size_t)n);
    switch (code) {
    case OP_POS:
        slopes[0] = slope_pos_a(xs[0], y, &blocks[0]);
        break;
    case OP_NEG:
        slopes[0] = slope_neg_a(xs[0], y, &blocks[0]);
        break;
    case OP_ADD:
        slopes[0] = slope_add_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_add_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_SUB:
        slopes[0] = slope_sub_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_sub_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_MUL:
        slopes[0] = slope_mul_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_mul_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_DIV:
        slopes[0] = slope_div_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_div_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_POW:
        slopes[0] = slope_pow_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_pow_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_REMAINDER:
        slopes[0] = slope_remainder_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_remainder_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_ABS:
        slopes[0] = slope_abs_a(xs[0], y, &blocks[0]);
        break;
    case OP_EXP:
        slopes[0] = slope_exp_a(xs[0], y, &blocks[0]);
        break;
    case OP_EXPM1:
        slopes[0] = slope_expm1_a(xs[0], y, &blocks[0]);
        break;
    case OP_LOG:
        slopes[0] = slope_log_a(xs[0], y, &blocks[0]);
        break;
    case OP_LOG1P:
        slopes[0] = slope_log1p_a(xs[0], y, &blocks[0]);
        break;
    case OP_LOG2:
        slopes[0] = slope_log2_a(xs[0], y, &blocks[0]);
        break;
    case OP_LOG10:
        slopes[0] = slope_log10_a(xs[0], y, &blocks[0]);
        break;
    case OP_SQRT:
        slopes[0] = slope_sqrt_a(xs[0], y, &blocks[0]);
        break;
    case OP_SIN:
        slopes[0] = slope_sin_a(xs[0], y, &blocks[0]);
        break;
    case OP_COS:
        slopes[0] = slope_cos_a(xs[0], y, &blocks[0]);
        break;
    case OP_TAN:
        slopes[0] = slope_tan_a(xs[0], y, &blocks[0]);
        break;
    case OP_ASIN:
        slopes[0] = slope_asin_a(xs[0], y, &blocks[0]);
        break;
    case OP_ACOS:
        slopes[0] = slope_acos_a(xs[0], y, &blocks[0]);
        break;
    case OP_ATAN:
        slopes[0] = slope_atan_a(xs[0], y, &blocks[0]);
        break;
    case OP_ATAN2:
        slopes[0] = slope_atan2_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_atan2_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_SINH:
        slopes[0] = slope_sinh_a(xs[0], y, &blocks[0]);
        break;
    case OP_COSH:
        slopes[0] = slope_cosh_a(xs[0], y, &blocks[0]);
        break;
    case OP_TANH:
        slopes[0] = slope_tanh_a(xs[0], y, &blocks[0]);
        break;
    case OP_ASINH:
        slopes[0] = slope_asinh_a(xs[0], y, &blocks[0]);
        break;
    case OP_ACOSH:
        slopes[0] = slope_acosh_a(xs[0], y, &blocks[0]);
        break;
    case OP_ATANH:
        slopes[0] = slope_atanh_a(xs[0], y, &blocks[0]);
        break;
    case OP_ERF:
        slopes[0] = slope_erf_a(xs[0], y, &blocks[0]);
        break;
    case OP_HYPOT:
        slopes[0] = slope_hypot_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_hypot_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_FLOOR:
        slopes[0] = slope_floor_a(xs[0], y, &blocks[0]);
        break;
    case OP_SIGN:
        slopes[0] = slope_sign_a(xs[0], y, &blocks[0]);
        break;
    case OP_XLOGY:
        slopes[0] = slope_xlogy_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_xlogy_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_MAXIMUM:
        slopes[0] = slope_maximum_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_maximum_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_MINIMUM:
        slopes[0] = slope_minimum_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_minimum_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_CLIP:
        slopes[0] = slope_clip_a(xs[0], xs[1], xs[2], y, &blocks[0]);
        slopes[1] = 0.0;
        blocks[1] = 1;
        slopes[2] = 0.0;
        blocks[2] = 1;
        break;
    case OP_STOP_GRADIENT:
        slopes[0] = slope_stop_gradient_a(xs[0], y, &blocks[0]);
        break;
    case OP_WHERE:
        slopes[0] = 0.0;
        blocks[0] = 1;
        slopes[1] = slope_where_b(xs[0], xs[1], xs[2], y, &blocks[1]);
        slopes[2] = slope_where_c(xs[0], xs[1], xs[2], y, &blocks[2]);
        break;
    case OP_RELU:
        slopes[0] = slope_relu_a(xs[0], y, &blocks[0]);
        break;
    case OP_LEAKY_RELU:
        slopes[0] = slope_leaky_relu_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = 0.0;
        blocks[1] = 1;
        break;
    case OP_ELU:
        slopes[0] = slope_elu_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = 0.0;
        blocks[1] = 1;
        break;
    case OP_SIGMOID:
        slopes[0] = slope_sigmoid_a(xs[0], y, &blocks[0]);
        break;
    case OP_LOG_SIGMOID:
        slopes[0] = slope_log_sigmoid_a(xs[0], y, &blocks[0]);
        break;
    case OP_SOFTPLUS:
        slopes[0] = slope_softplus_a(xs[0], y, &blocks[0]);
        break;
    case OP_SILU:
        slopes[0] = slope_silu_a(xs[0], y, &blocks[0]);
        break;
    case OP_GELU:
        slopes[0] = slope_gelu_a(xs[0], y, &blocks[0]);
        break;
    case OP_TOTAL:
        slopes_total(xs, n, y, slopes);
        break;
    case OP_DOT:
        slopes_dot(xs, n, y, slopes);
        break;
    case OP_LOGSUMEXP:
        slopes_logsumexp(xs, n, y, slopes);
        break;
    case OP_LARGEST:
        memset(blocked, 1, (size_t)n);
        memset(slopes, 0, (size_t)n * sizeof(double));
        return;
        break;
    case OP_SECH:
        slopes[0] = slope_sech_a(xs[0], y, &blocks[0]);
        break;
    case OP_GAUSSIAN:
        slopes[0] = slope_gaussian_a(xs[0], y, &blocks[0]);
        break;
    case OP_NORMAL_CDF:
        slopes[0] = slope_normal_cdf_a(xs[0], y, &blocks[0]);
        break;
    case OP_NORMAL_PDF:
        slopes[0] = slope_normal_pdf_a(xs[0], y, &blocks[0]);
        break;
    case OP_NOT_NEGATIVE:
        slopes[0] = slope_not_negative_a(xs[0], y, &blocks[0]);
        break;
    case OP_ASIN_SLOPE:
        slopes[0] = slope_asin_slope_a(xs[0], y, &blocks[0]);
        break;
    case OP_ACOSH_SLOPE:
        slopes[0] = slope_acosh_slope_a(xs[0], y, &blocks[0]);
        break;
    case OP_ATANH_SLOPE:
        slopes[0] = slope_atanh_slope_a(xs[0], y, &blocks[0]);
        break;
    case OP_POWER_SLOPE:
        slopes[0] = slope_power_slope_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_power_slope_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_EXPONENT_SLOPE:
        slopes[0] = slope_exponent_slope_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_exponent_slope_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_UNIT:
        slopes[0] = slope_unit_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_unit_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_ANGLE_SLOPE:
        slopes[0] = slope_angle_slope_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = slope_angle_slope_b(xs[0], xs[1], y, &blocks[1]);
        break;
    case OP_ELU_SLOPE:
        slopes[0] = slope_elu_slope_a(xs[0], xs[1], y, &blocks[0]);
        slopes[1] = 0.0;
        blocks[1] = 1;
        break;
    case OP_SILU_SLOPE:
        slopes[0] = slope_silu_slope_a(xs[0], y, &blocks[0]);
        break;
    case OP_GELU_SLOPE:
        slopes[0] = slope_gelu_slope_a(xs[0], y, &blocks[0]);
        break;
    default: blocks[0] = blocks[1] = blocks[2] = 1;
    }
    for (Py_ssize_t i = 0; i < n && i < 3; i++)
        blocked[i] = (unsigned char)blocks[i];
}
