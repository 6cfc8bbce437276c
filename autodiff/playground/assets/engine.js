// Python as the page sees it: asked one thing at a time, ended when it takes too long, and then started anew.
const FILES = ["pyodide/pyodide.mjs", "pyodide/pyodide.asm.mjs", "pyodide/pyodide.asm.wasm", "pyodide/pyodide-lock.json",
               "python/python_stdlib.zip.gz", "python/autodiff.zip.gz", "python/grader.zip"];

class Engine {
  constructor() {
    this.hear = () => undefined;
    this.start();
  }

  start() {
    this.ready = load().then((parts) => new Promise((resolve, reject) => this.open(parts, resolve, reject)));
    this.ready.catch(() => undefined);    // told to whoever asks
  }

  open({frame, worker, files}, resolve, reject) {
    const {port1, port2} = new MessageChannel();
    this.frame = document.createElement("iframe");
    this.frame.sandbox = "allow-scripts";
    this.frame.hidden = true;
    this.frame.title = "Python";
    this.frame.srcdoc = frame;
    this.frame.onload = ({target}) => target.contentWindow.postMessage({worker, files}, "*", [port2, ...Object.values(files)]);
    port1.onmessage = ({data}) => {
      if (data.ready) resolve();
      if (data.failed) reject(new Error(data.failed));
      for (const text of data.said ?? []) this.hear(JSON.parse(text));
      if (data.answer) this.settle?.(JSON.parse(data.answer));
    };
    this.port = port1;
    document.body.append(this.frame);
  }

  // The answer to a request, or {kind: "stopped", sentence} after so many seconds, or when it is stopped.
  async ask(request, seconds, late) {
    await this.ready;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.stop(late), 1000 * seconds);
      this.settle = (answer) => {
        clearTimeout(timer);
        this.settle = null;
        resolve(answer);
        if (answer.kind === "broken") this.restart();
      };
      this.port.postMessage(JSON.stringify(request));
    });
  }

  stop(sentence) {
    const settle = this.settle;
    this.restart();
    settle?.({kind: "stopped", sentence});
  }

  restart() {
    this.frame?.remove();    // and with it its worker, whatever that does
    this.start();
  }
}

async function load() {
  const read = async (name, form) => {
    const response = await fetch(name);
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return response[form]();
  };
  const file = async (name) => [name.split("/").pop().replace(/\.gz$/, ""), await unzipped(await read(name, "arrayBuffer"))];
  const [frame, worker, ...files] = await Promise.all([read("frame.html", "text"), read("worker.js", "text"), ...FILES.map(file)]);
  return {frame, worker, files: Object.fromEntries(files)};
}

// What a file holds, whether or not the server, or the browser, has unzipped it on the way.
function unzipped(buffer) {
  const [first, second] = new Uint8Array(buffer, 0, 2);
  if (first !== 0x1f || second !== 0x8b) return buffer;
  return new Response(new Blob([buffer]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

export const engine = new Engine();    // at once: all else of the page is there before it is
