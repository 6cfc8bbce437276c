// Runs at build time:  node compile.mjs FOLDER  writes FOLDER/stdlib.zip and FOLDER/autodiff.zip anew, with bytecode for
// the modules that the request in FOLDER/request.json needs; Pyodide lies in the folder beside them.
import {readFileSync, writeFileSync} from "node:fs";
import {pathToFileURL} from "node:url";

const folder = process.argv[2];
const {loadPyodide} = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const python = await loadPyodide({indexURL: `${folder}/`});
const site = python.runPython("import site; site.getsitepackages()[0]");
const own = readFileSync(`${folder}/autodiff.zip`);
python.unpackArchive(new Uint8Array(own), "zip", {extractDir: site});
const answer = python.pyimport("autodiff.playground.bridge").answer(readFileSync(`${folder}/request.json`, "utf8"), () => 0);
if (JSON.parse(answer).kind !== "page") throw new Error(answer);

const {with_bytecode} = python.pyimport("autodiff.playground.bytecode");
const library = python.runPython("import sys; next(path for path in sys.path if path.endswith('.zip'))");
const parts = {"python_stdlib.zip": [library, false], "autodiff.zip": [site, true]};
for (const [name, [place, keep]] of Object.entries(parts)) {
  const made = with_bytecode(python.toPy(new Uint8Array(readFileSync(`${folder}/${name}`))).tobytes(), place, keep);
  writeFileSync(`${folder}/${name}`, made.toJs());
}
