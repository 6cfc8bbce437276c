// Python, in a worker without a network: the files that it needs come with the first message, and with them the port by
// which it is asked and answers. Programs cannot reach the port: nothing but this module holds it.
const AT_ONCE = 200, PAUSE = 100;    // messages that go at once; then one packet in so many milliseconds

self.onmessage = async ({data: files, ports: [port]}) => {
  self.onmessage = null;
  try {
    const python = await start(files);
    const bridge = python.pyimport("autodiff.playground.bridge");
    port.onmessage = ({data: request}) => {
      if (JSON.parse(request).tab === "grade") unpackOnce(python, files, "grader.zip");
      const packets = sender(port);
      let answer;
      try {
        answer = bridge.answer(request, packets.send);
      } catch (error) {    // Python itself has ended: the page starts another
        answer = JSON.stringify({kind: "broken", sentence: String(error).trim().split("\n").pop()});
      }
      packets.flush();
      port.postMessage({answer});
    };
    port.postMessage({ready: true});
  } catch (error) {
    port.postMessage({failed: String(error)});
  }
};

async function start(files) {
  const load = (name) => import(URL.createObjectURL(new Blob([files[name]], {type: "text/javascript"})));
  const [{loadPyodide}, {default: createPyodideModule}] = await Promise.all([load("pyodide.mjs"), load("pyodide.asm.mjs")]);
  self.fetch = async (address) => {
    const name = String(address.url ?? address).split("/").pop();
    const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(files[name], {headers: {"Content-Type": type}});
  };
  const python = await loadPyodide({indexURL: "https://parts.invalid/", createPyodideModule});
  self.fetch = () => Promise.reject(new TypeError("there is no network here"));
  unpackOnce(python, files, "autodiff.zip");
  return python;
}

function unpackOnce(python, files, name) {
  if (!files[name]) return;
  const folder = python.runPython("import site; site.getsitepackages()[0]");
  python.unpackArchive(files[name], "zip", {extractDir: folder});
  delete files[name];
}

function sender(port) {
  let waiting = [], sent = 0, last = 0;
  const flush = () => {
    if (waiting.length) port.postMessage({said: waiting});
    waiting = [];
    last = performance.now();
  };
  const send = (text) => {
    waiting.push(text);
    if (++sent < AT_ONCE || performance.now() - last > PAUSE) flush();
  };
  return {send, flush};
}
