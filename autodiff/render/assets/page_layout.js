// Places for boxes that are grouped and opened on the page itself, as graph/layout.py finds them: layers from left to right,
// an edge over several layers held by a joint in each, layers sorted by where their neighbours stand.
const ACROSS = 70, BETWEEN = 18, MARGIN = 8, JOINT = 8, SWEEPS = 12;
function layersOf(count, edges) {
  const column = Array(count).fill(0), inner = new Set(edges.map(([, target]) => target)), nearest = Array(count).fill(Infinity);
  for (const [source, target] of [...edges].sort((a, b) => a[1] - b[1])) column[target] = Math.max(column[target], column[source] + 1);
  for (const [source, target] of edges) nearest[source] = Math.min(nearest[source], column[target] - 1);
  return column.map((mine, i) => inner.has(i) || nearest[i] === Infinity ? mine : nearest[i]);
}
function stack(column, heights, middles, wanted) {  // as near to where they want to be as their order and sizes allow
  let below = 0;
  const pools = [], offsets = column.map((thing) => { const at = below + heights[thing] / 2; below += heights[thing] + BETWEEN; return at; });
  wanted.forEach((target, i) => {
    let total = target - offsets[i], size = 1;
    while (pools.length && pools.at(-1)[0] / pools.at(-1)[1] > total / size) {
      const [more, count] = pools.pop();
      total += more;
      size += count;
    }
    pools.push([total, size]);
  });
  const found = pools.flatMap(([total, size]) => Array(size).fill(total / size));
  column.forEach((thing, i) => { middles[thing] = found[i] + offsets[i]; });
}
function middlesOf(columns, heights, links) {
  const before = heights.map(() => []), after = heights.map(() => []), middles = heights.map(() => 0);
  for (const [source, target] of links) { before[target].push(source); after[source].push(target); }
  for (const column of columns) stack(column, heights, middles, column.map((_, i) => i));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const ending = sweep >= SWEEPS - 2, order = sweep % 2 ? [...columns].reverse() : columns, side = sweep % 2 ? after : before;
    for (const column of order) {
      const near = (i) => ending ? [...before[i], ...after[i]] : side[i], wanted = new Map();
      for (const i of column) wanted.set(i, near(i).length ? near(i).reduce((sum, j) => sum + middles[j], 0) / near(i).length : middles[i]);
      if (!ending) column.sort((a, b) => wanted.get(a) - wanted.get(b));
      stack(column, heights, middles, column.map((i) => wanted.get(i)));
    }
  }
  return middles;
}
function layout(sizes, edges) {  // every edge leads to a higher number
  const layer = layersOf(sizes.length, edges), heights = sizes.map(([, height]) => height);
  const chains = edges.map(([source, target]) => {
    const joints = [];
    for (let at = layer[source] + 1; at < layer[target]; at++) { joints.push(heights.push(JOINT) - 1); layer.push(at); }
    return [source, ...joints, target];
  });
  const columns = Array.from({ length: Math.max(...layer) + 1 }, () => []);
  layer.forEach((column, thing) => columns[column].push(thing));
  const middles = middlesOf(columns, heights, chains.flatMap((chain) => chain.slice(1).map((thing, i) => [chain[i], thing])));
  const widths = columns.map((column) => Math.max(0, ...column.filter((thing) => thing < sizes.length).map((thing) => sizes[thing][0])));
  const lefts = widths.map((_, i) => MARGIN + ACROSS * i + widths.slice(0, i).reduce((sum, wide) => sum + wide, 0));
  const top = MARGIN - Math.min(...middles.map((middle, i) => middle - heights[i] / 2));
  const sides = (i) => [[lefts[layer[i]], middles[i] + top], [lefts[layer[i]] + widths[layer[i]], middles[i] + top]];
  return {
    places: sizes.map((_, i) => [lefts[layer[i]], middles[i] - heights[i] / 2 + top]),
    routes: chains.map(([source, ...rest]) => {  // first past the widest box of its layer, so that an edge crosses none
      const [, [end, y]] = sides(source), first = end > lefts[layer[source]] + sizes[source][0] + 1 ? [[end, y]] : [];
      return [...first, ...rest.slice(0, -1).flatMap(sides)];
    }),
    size: [lefts.at(-1) + widths.at(-1) + MARGIN, Math.max(...middles.map((middle, i) => middle + heights[i] / 2)) + top + MARGIN],
  };
}
