// The network as its graphs, one for each label: forward and backward by `table`, which is written from the library's own.
const graphs = log.graphs.map((graph) => ({ ...graph, data: graph.data.map(numeral) }));
const weights = log.weights.map(numeral);
let slopesOf = weights.map(() => 0);
function forward(graph, row, until) {
  const data = graph.data;
  graph.inputs.forEach((i, k) => { if (i >= 0) data[i] = row[k]; });
  graph.parameters.forEach((i, k) => { if (i >= 0) data[i] = weights[k]; });
  for (let i = 0; i <= until; i++) {
    const parents = graph.parents[i];
    if (parents.length) data[i] = valueBy(graph.ops[i], parents.map((p) => data[p]));
  }
  return data[until];
}
function backward(graph) {  // adds the gradients of the loss that `forward` has left in the graph's numbers
  const data = graph.data, gradient = new Float64Array(data.length), reached = new Uint8Array(data.length), top = data.length - 1;
  gradient[top] = reached[top] = 1;
  for (let i = top; i >= 0; i--) {
    const parents = graph.parents[i];
    if (!reached[i] || !parents.length) continue;
    slopesBy(graph.ops[i], parents.map((p) => data[p]), data[i]).forEach((slope, k) => {
      if (slope === null) return;
      gradient[parents[k]] += slope * gradient[i];
      reached[parents[k]] = 1;
    });
  }
  return graph.parameters.map((i) => (i < 0 ? 0 : gradient[i]));
}
function predicted(row) { return forward(graphs[0], row, graphs[0].prediction); }

// One pass over the rows: the mean loss, its gradients, and how many rows are right
function pass() {
  const sums = weights.map(() => 0);
  let loss = 0, right = 0;
  log.rows.forEach((row, n) => {
    const graph = graphs[log.kinds[n]];
    loss += forward(graph, row, graph.data.length - 1);
    right += graph.data[graph.prediction] > log.boundary === log.labels[n] > log.boundary ? 1 : 0;
    backward(graph).forEach((x, k) => { sums[k] += x; });
  });
  slopesOf = sums.map((sum) => sum / log.rows.length);
  return { loss: loss / log.rows.length, right };
}
function descend(rate) {
  weights.forEach((_, k) => { weights[k] -= rate * slopesOf[k]; });
}
