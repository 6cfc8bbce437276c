// Runs test files under Pyodide:  node pyodide_core.mjs SITE PYTEST.zip test_value.py ...
import {readFileSync, writeFileSync} from "node:fs";
import {pathToFileURL} from "node:url";
import {gunzipSync} from "node:zlib";

const [site, pytest, ...files] = process.argv.slice(2);
writeFileSync(`${pytest}.library`, gunzipSync(readFileSync(`${site}/python/python_stdlib.zip.gz`)));
const {loadPyodide} = await import(pathToFileURL(`${site}/pyodide/pyodide.mjs`));
const python = await loadPyodide({indexURL: `${site}/pyodide/`, stdLibURL: `${pytest}.library`});
const folder = python.runPython("import site; site.getsitepackages()[0]");
const own = gunzipSync(readFileSync(`${site}/python/autodiff.zip.gz`));
for (const archive of [own, readFileSync(`${site}/python/grader.zip`), readFileSync(pytest)]) {
  python.unpackArchive(new Uint8Array(archive), "zip", {extractDir: folder});
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
