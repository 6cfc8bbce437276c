// Runs test files under Pyodide:  node pyodide_core.mjs SITE PYTEST.zip test_value.py ...
import {readFileSync} from "node:fs";
import {pathToFileURL} from "node:url";

const [site, pytest, ...files] = process.argv.slice(2);
const {loadPyodide} = await import(pathToFileURL(`${site}/pyodide/pyodide.mjs`));
const python = await loadPyodide({indexURL: `${site}/pyodide/`});
const folder = python.runPython("import site; site.getsitepackages()[0]");
for (const path of [`${site}/python/autodiff.zip`, `${site}/python/grader.zip`, pytest]) {
  python.unpackArchive(new Uint8Array(readFileSync(path)), "zip", {extractDir: folder});
}
python.globals.set("arguments", python.toPy(files.map((name) => `${folder}/tests/${name}`)));
process.exitCode = python.runPython(`
import pytest
from hypothesis import HealthCheck, settings
settings.register_profile("wasm", max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
settings.load_profile("wasm")

class WithoutNumPy:
    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self):
        try:
            return (yield)
        except ModuleNotFoundError as error:
            if error.name != "numpy":
                raise
            pytest.skip("needs NumPy, which is not in the site")

int(pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:faulthandler", *arguments], plugins=[WithoutNumPy()]))
`);
