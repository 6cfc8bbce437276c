// A page that cannot compute its graph, such as one of a part, is sent all that it shows.
for (const part of ["nodes", "edges", "steps"]) log[part] = rows(log[part]);
