"""What Keras has and this library has not, each with what to write here: nothing of it is ignored without a word.

>>> find_written("LSTM")
'nn.Dense on nn.Flatten(): no layer here goes along a sequence'
"""

import re

INSTEAD = {  # what Keras's layers and models have, and what to do here
    "get_config": "nn.save(model, path) writes its layers and settings, nn.load reads them",
    "from_config": "nn.save(model, path) writes its layers and settings, nn.load reads them",
    "to_json": "nn.save(model, path) writes JSON, nn.load reads it",
    "input": "layers called on nn.Input(shape) give symbols, and nn.Model(inputs, outputs) goes from one to another",
    "output": "layers called on nn.Input(shape) give symbols, and nn.Model(inputs, outputs) goes from one to another",
    "inputs": "`input_shape` says what a row is",
    "metrics_names": "the history of fit, and evaluate(..., return_dict=True), have the names",
    "reset_metrics": "every epoch and every evaluate begins anew by itself",
    "reset_states": "no layer here has a state: rows do not depend on one another",
    "losses": "fit and evaluate add what regularizers ask for to the loss",
    "add_loss": "give compile a loss of your own, or a layer a kernel_regularizer",
    "add_weight": "an attribute that is a Value, or a list of them, is a parameter",
    "dtype": "every number is a float64",
    "export": "see docs/recipes.md for ONNX",
    "compute_output_shape": "build(shape), then output_shape",
}
OF_OPTIMIZERS = {
    "get_config": "its settings are its attributes, such as lr; nn.save(model, path, optimizer=True) writes them",
    "from_config": "nn.load(path) reads what nn.save(model, path, optimizer=True) wrote",
    "variables": "state_dict() has what it remembers", "build": "bind(model.parameters())",
    "apply_gradients": "after loss.backward() comes step(); with arrays, updated(parameters, gradient)",
    "apply": "after loss.backward() comes step(); with arrays, updated(parameters, gradient)",
    "minimize": "zero_grad(), loss.backward(), step()", "name": "type(optimizer).__name__",
    **dict.fromkeys(("clipnorm", "clipvalue", "global_clipnorm"), "`limit` has the one that is set"),
    "finalize_variable_values": "every step is final", "learning_rate_schedule": "the schedule is what lr= was given",
}  # fmt: skip
OF_METRICS = {
    "get_config": "its settings are its attributes, such as name", "variables": "result() has its number",
    **dict.fromkeys(("add_weight", "add_variable"), "keep numbers as attributes, and set them in reset_state"),
    "reset_states": "reset_state()", "dtype": "every number is a float64", "from_config": "call the class",
}  # fmt: skip
HOOKS = {  # methods of callbacks
    **{f"on_test_{when}": "evaluate calls no callbacks; on_epoch_end gets the numbers of the rows for validation"
       for when in ("begin", "end", "batch_begin", "batch_end")},
    **{f"on_predict_{when}": "predict calls no callbacks: write what they do before or behind it"
       for when in ("begin", "end", "batch_begin", "batch_end")},
}  # fmt: skip
ARGUMENTS = {  # of Keras's, and what is written for each here
    "run_eagerly": "write engine='eager'", "jit_compile": "engine='compiled' is what it asks for",
    "input_dim": "write input_shape=(n,)", "batch_input_shape": "write input_shape=(n,)",
    "decay": "write learning_rate=nn.schedules.InverseTimeDecay(...)", "trainable": "set layer.trainable = False",
    "validation_steps": "all validation rows are looked at", "nb_epoch": "write epochs",
    "seed": "the seed is that of the layer, Dense(..., seed=1), or of the model",
    "steps": "all rows are taken: give fewer", "callbacks": "fit calls callbacks, evaluate and predict do not",
    "use_ema": "a class of Callback may keep a mean of the weights",
    "gradient_accumulation_steps": "a larger batch_size does the same",
    **HOOKS, "save_freq": "every epoch is saved; a class of Callback may save in on_train_batch_end",
    "axis": "leave it out: it is the last", "average": "leave it out: it is what Keras calls 'micro'",
    "activity_regularizer":
        "outputs are not regularized here; make the layer a second output of nn.Model, with a loss of its own",
    "engine": "write compile(optimizer, loss, engine=...)", "ignore_class": "leave those rows out",
    "num_thresholds": "leave it out: the area is exact", "curve": "leave it out: it is ROC",
    **dict.fromkeys(("kernel_constraint", "bias_constraint"), "a class of Callback may set the weights"),
    **dict.fromkeys(("cycle", "warmup_target", "warmup_steps"), "write a function of the step"),
    **dict.fromkeys(("dtype", "loss_scale_factor"), "leave it out: every number is a float64"),
    **dict.fromkeys((
        "steps_per_execution", "workers", "use_multiprocessing", "max_queue_size", "line_length", "batch_size",
        "noise_shape", "show_trainable", "expand_nested", "auto_scale_loss", "options", "sparse", "tensor", "ragged",
    ), "leave it out"),
}  # fmt: skip
WRITTEN = {  # layers, models and functions
    **{name: f"nn.Activation({written!r})" for name, written in (
        ("ReLU", "relu"), ("ELU", "elu"), ("Softmax", "softmax"), ("Identity", "linear"))},
    "LeakyReLU": "nn.Activation(lambda v: autodiff.leaky_relu(v, 0.3)), with the slope below 0 that Keras's layer has; "
                 "that of nn.Activation('leaky_relu') is 0.01",
    **{name.lower(): f"nn.{name}()(rows)" for name in (
        "Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")},
    **dict.fromkeys(("BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization"),
                    "nn.data.MinMaxScaler for the inputs, and leave it out between layers: every row is computed by "
                    "itself here, and first weights are of a spread that keeps signals of one size"),
    **dict.fromkeys(("Normalization", "Rescaling"), "nn.data.MinMaxScaler, before the model"),
    **dict.fromkeys(("Reshape", "Permute"), "nn.Flatten(): inside a model every row is flat"),
    **dict.fromkeys(("GaussianNoise", "GaussianDropout", "AlphaDropout"),
                    "nn.Dropout(rate), or nn.data.noisy(x) for the inputs"),
    "Lambda": "a class of nn.Block with call(self, x), or nn.Activation(function of one number)",
    "PReLU": "nn.Activation('leaky_relu'), whose slope below 0 stays 0.01: no slope is learned here",
    "Dot": "a class of nn.Model with call(self, x)",
    "ActivityRegularization": "nn.Model with that layer as a second output, which has a loss of its own",
    "InputLayer": "nn.Input(shape)", "InputSpec": "nn.Input(shape)",
    "layers": "nn.Dense, without `layers` between", "models": "nn.Sequential or nn.Model",
    "regularizers": "nn.L1, nn.L2 or nn.L1L2", "constraints": "a callback that sets the weights after each batch",
    "utils": "nn.data, or NumPy", "datasets": "nn.data", "preprocessing": "nn.data", "backend": "NumPy",
    "ops": "autodiff",
    "applications": "nn.load(path) for a model of your own", "saving": "nn.save and nn.load",
    "to_categorical": "numpy.eye(classes)[labels]", "set_random_seed": "Sequential(layers, seed=1)",
    "normalize": "x / numpy.linalg.norm(x, axis=-1, keepdims=True)", "clear_session": "nothing: there is no session",
    "clone_model": "copy.deepcopy(model)", "load_model": "nn.load(path)", "save_model": "nn.save(model, path)",
    "plot_model": "autodiff.draw(model(row))", "l1": "nn.L1(x)", "l2": "nn.L2(x)", "l1_l2": "nn.L1L2(l1, l2)",
    "OrthogonalRegularizer": "nn.L2(x)",
}  # fmt: skip
FAMILIES = (  # of layers, by a part of their names
    ("Conv|Pool|UpSampling|ZeroPadding|Cropping|Resizing",
     "nn.Flatten() and nn.Dense: no layer here looks at parts of an image"),
    ("RNN|LSTM|GRU|Bidirectional|TimeDistributed|Embedding|Attention|Masking|RepeatVector",
     "nn.Dense on nn.Flatten(): no layer here goes along a sequence"),
    ("^Rand(om)?[A-Z]|CenterCrop|Mix|Contrast|Equalization|Solarization|BoundingBox|^Pipeline",
     "nn.data.shifted, nn.data.rotated or nn.data.noisy, before the model"),
    ("Spectrogram", "the spectrogram, made before the model"),
    ("^(Jax|Flax|TFSM)Layer|TorchModuleWrapper|^Wrapper", "a class of nn.Block with call(self, x)"),
    ("EinsumDense|SpatialDropout|SpectralNormalization|UnitNormalization",
     "nn.Dense, nn.Dropout or a kernel_regularizer"),
    ("CategoryEncoding|Discretization|Hashing|Lookup|TextVectorization|HashedCrossing",
     "numbers in place of words and classes, before the model"),
)
OPTIMIZERS = {
    "adafactor": "nn.Adam", "ftrl": "nn.Adagrad with a kernel_regularizer",
    **dict.fromkeys(("lion", "lamb", "muon"), "nn.AdamW"),
    **dict.fromkeys(("lossscaleoptimizer", "loss_scale_optimizer"), "the optimizer itself: every number is a float64"),
    "schedule_free_adam_w": "nn.AdamW",
}  # fmt: skip
LOSSES = {
    **dict.fromkeys(("binary_focal_crossentropy", "categorical_focal_crossentropy"),
                    "a cross-entropy, and class_weight or sample_weight in fit"),
    "categorical_generalized_cross_entropy": "categorical_crossentropy",
    **dict.fromkeys(("dice", "tversky"), "binary_crossentropy"),
    **dict.fromkeys(("circle", "ctc"), "a function of (y_true, y_pred) of your own"),
    "get": "nn.losses.find(name)",
}  # fmt: skip
SCHEDULES = {
    "cosine_decay_restarts": "a function of the step: lambda step: nn.schedules.CosineDecay(0.1, 10)(step % 10)",
    "learning_rate_schedule": "a class with __call__(self, step), or a function of the step",
}  # fmt: skip
INITIALIZERS = {
    **dict.fromkeys(("orthogonal", "orthogonal_initializer", "identity", "identity_initializer", "stft",
                     "stft_initializer"),
                    "a function of (inputs, outputs, rng) that gives one number, or set_weights"),
    "get": "find_initializer(name)",
}  # fmt: skip
METRICS = {
    "accuracy": "metrics=['accuracy'], or BinaryAccuracy, CategoricalAccuracy or SparseCategoricalAccuracy",
    **dict.fromkeys(("binary_io_u", "mean_io_u", "io_u", "one_hot_io_u", "one_hot_mean_io_u"), "Precision and Recall"),
    **dict.fromkeys(("precision_at_recall", "recall_at_precision", "sensitivity_at_specificity",
                     "specificity_at_sensitivity"), "AUC, or Precision(thresholds=...) and Recall(thresholds=...)"),
    **dict.fromkeys(("concordance_correlation", "pearson_correlation"), "R2Score"),
    "mean_metric_wrapper": "the function itself: metrics=[function of (y_true, y_pred)]", "f_beta_score": "F1Score",
    "get": "nn.metrics.find(name, y_true, outputs)",
}  # fmt: skip
CALLBACKS = {
    "tensor_board": "CSVLogger(path), or nn.plots", "history": "nn.History: fit returns it",
    **dict.fromkeys(("backup_and_restore", "orbax_checkpoint"),
                    "ModelCheckpoint(path), nn.load(path), and fit(initial_epoch=...)"),
    **dict.fromkeys(("progbar_logger", "base_logger"), "fit(verbose=1)"),
    "callback_list": "a list: fit(callbacks=[...])", "remote_monitor": "LambdaCallback(on_epoch_end=...)",
    "swap_ema_weights": "a class of Callback that keeps a mean of the weights",
}  # fmt: skip


def find_written(name: str) -> str | None:
    """What to write for a name of Keras's layers, models and functions, or None."""
    if name in WRITTEN:
        return WRITTEN[name]
    return next((way for part, way in FAMILIES if re.search(part, name)), None)
