"""The pictures of pages that the README and the guides show, taken by Chromium: `python3 demos step --pictures`."""

import sys
from pathlib import Path
from shutil import which

ROOT = Path(__file__).resolve().parent.parent
OUT, IMAGES = ROOT / "demos" / "out", ROOT / "docs" / "images"
FIELD = "[...document.querySelectorAll('#fields input')][0]"
NEURONS = "$('level').selectedIndex = 1; $('level').dispatchEvent(new Event('change'));"
OPENED = """open(sheet.level.boxes.find((box) => box.scope === 'layers[0].neurons[3]')); document.activeElement.blur();
const inside = (step) => step.kind === 'contribution' && log.nodes[step.target].scope[1] === 'neurons[3]';
go(steps.findLastIndex(inside) - 2)"""
EDITED = f"$('numbers').click(); {FIELD}.value = '2.5'; typed(0, {FIELD}); go(21)"
QUIZ = "$('quiz').click(); show(20); onward(); judge('1'); help()"
EXERCISE = """$('exercise').open = true; lay(); const texts = ['-0.197', '0.39', '-2', '0.39'];
texts.forEach((text, i) => { blanks[i].field.value = text; }); mark(); $('exercise').scrollIntoView()"""

LIGHT, DARK = False, True
PICTURES = {
    # picture            page                    width height        what is done there
    "steps_edited":     ("step_chain_rule.html", 1280, 800, LIGHT, EDITED),
    "steps_dark":       ("step_xor.html",        1280, 860, DARK,  "go(100)"),
    "steps_phone":      ("step_chain_rule.html",  390, 844, LIGHT, "go(17)"),
    "steps_presentation": ("step_chain_rule.html", 1280, 800, LIGHT, "present(); go(19)"),
    "steps_neurons":    ("step_xor.html",        1280, 960, LIGHT, f"{NEURONS} {OPENED}"),
    "steps_quiz":       ("step_chain_rule.html", 1280, 800, DARK,  QUIZ),
    "steps_exercise":   ("step_chain_rule.html", 1280, 800, LIGHT, EXERCISE),
    "train_xor":        ("train_xor.html",       1280, 700, LIGHT, "step(150)"),
    "train_moons":      ("train_moons.html",     1280, 700, DARK,  "step(120)"),
    "worksheet":        ("worksheet.html",        800, 760, LIGHT, "$('whole').scrollIntoView()"),
}  # fmt: skip


def photograph():
    """Take every picture, of pages that are in demos/out/ by now."""
    sys.path.insert(0, str(ROOT))
    from tests.browser import Browser

    with Browser(which("chromium") or which("chromium-browser") or which("google-chrome")) as browser:
        for name, (page, width, height, dark, script) in PICTURES.items():
            shown = browser.open(OUT / page, width=width, height=height, dark=dark)
            shown.run(f"(() => {{ {script} }})()")
            shown.run("new Promise((done) => setTimeout(done, 500))")  # until the colours have faded over
            shown.picture(IMAGES / f"{name}.png")
            smaller(IMAGES / f"{name}.png")
            print(f"docs/images/{name}.png")


def smaller(path):
    """The picture in 96 colours, which is what such a page has."""
    from PIL import Image

    Image.open(path).convert("RGB").quantize(96).save(path, optimize=True)
