// Rows of cells as a Markdown table whose columns stand under each other. The first row is its head.

export function tableOf(rows) {
  const cells = rows.map((row) => row.map((cell) => cell.trim().replaceAll("|", "\\|").replace(/\s+/g, " ")));
  const widths = cells[0].map((_, column) => Math.max(3, ...cells.map((row) => [...row[column]].length)));
  const line = (row) => `| ${row.map((cell, column) => cell + " ".repeat(widths[column] - [...cell].length)).join(" | ")} |`;
  return [line(cells[0]), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...cells.slice(1).map(line)].join("\n");
}
