"""Notebooks, run by their kernel: what a cell shows of drawings, explanations, steps, models and training."""

import re

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

CELLS = {
    "prepare": "from autodiff import Value, draw, explain, formula, nn, steps, tanh\nw, x = Value(0.5), Value(2.0)",
    "value": "w * x",
    "drawing": "y = tanh(w * x)\ny.backward()\ndraw(y)",
    "explanation": "explain(y, w)",
    "printed": "print(explain(y, w))",
    "step": "film = steps(y)\nfilm[4]",
    "film": "film",
    "formula": "formula(y)",
    "titles": "print([node.title for node in draw(y).picture.nodes])",
    "model": "model = nn.Sequential([nn.Input((2,)), nn.Dense(3, activation='relu'), nn.Dense(1)], seed=1)\nmodel",
    "fit": "model.compile(optimizer='sgd', loss='mse')\n"
           "history = model.fit([[0.0, 1.0], [1.0, 0.0]], [[1.0], [0.0]], epochs=5, batch_size=1)",
    "history": "history",
}  # fmt: skip


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """The outputs of each cell of a notebook that has been run."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS.values()])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        patch.setenv("JUPYTER_PLATFORM_DIRS", "1")
        client = nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3")
        client.execute()
    return {name: cell.outputs for name, cell in zip(CELLS, notebook.cells, strict=True)}


pytestmark = [
    pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning"), pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"), pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]  # fmt: skip


def shown(outputs, name, kind):
    (output,) = [output for output in outputs[name] if output.output_type in ("execute_result", "display_data")]
    return output["data"][kind]


def test_no_cell_fails_or_warns(outputs):
    for name, found in outputs.items():
        assert not [output for output in found if output.output_type == "error" or output.get("name") == "stderr"], name


def test_a_drawing_is_shown_as_a_picture_with_the_names_of_the_cells(outputs):
    svg = shown(outputs, "drawing", "image/svg+xml")
    assert svg.startswith("<svg") and ">w<" in svg and ">y: tanh<" in svg
    assert eval(outputs["titles"][0]["text"]) == ["w", "x", "*", "y: tanh"]


def test_an_explanation_shows_what_print_shows(outputs):
    html = shown(outputs, "explanation", "text/html")
    text = outputs["printed"][0]["text"]
    assert re.sub("<[^>]+>", "", html).strip() == text.strip() and text.startswith("d y / d w")


def test_a_step_shows_its_sentence_and_its_arithmetic(outputs):
    html = shown(outputs, "step", "text/html")
    assert html.startswith("<p>y&#x27;s gradient is 1") and "<table>" in html


def test_the_steps_are_a_page_in_a_frame_that_may_do_nothing_else(outputs):
    html = shown(outputs, "film", "text/html")
    assert html.startswith('<iframe sandbox="allow-scripts"') and "width:100%" in html


def test_a_formula_is_mathematics(outputs):
    assert r"\tanh" in shown(outputs, "formula", "text/latex")


def test_a_model_shows_its_summary(outputs):
    assert "Total params: 13" in shown(outputs, "model", "text/html")


def test_training_shows_a_bar_and_then_its_course(outputs):
    assert shown(outputs, "fit", "text/plain").startswith("Training [##############################] 10/10 epoch 5/5, loss")
    live = shown(outputs, "fit", "text/html")  # one output, changed in place, and not one for each picture
    assert "epoch 5/5" in live and live.count("<polyline") == 1 and ">epoch 5<" in live
    html = shown(outputs, "history", "text/html")
    assert "5 epochs" in html and "<polyline" in html and "loss" in html
