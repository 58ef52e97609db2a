// Opens an OME-Zarr with zarrita and prints what it finds: node read.mjs DIRECTORY [X Y]...
import * as zarr from "zarrita";
import { FileSystemStore } from "@zarrita/storage";

const [directory, ...points] = process.argv.slice(2);
const group = await zarr.open(new FileSystemStore(directory), { kind: "group" });
const datasets = group.attrs.ome.multiscales[0].datasets;
console.log("version " + group.attrs.ome.version);
for (const { path } of datasets) {
  const array = await zarr.open(group.resolve(path), { kind: "array" });
  const pixels = await zarr.get(array);
  const sum = pixels.data.reduce((all, value) => all + value, 0);
  console.log(`${path} ${array.shape.join(" x ")} average ${(sum / pixels.data.length).toFixed(2)}`);
}
const picture = await zarr.open(group.resolve(datasets[0].path), { kind: "array" });
for (let i = 0; i < points.length; i += 2) {
  const [x, y] = [Number(points[i]), Number(points[i + 1])];
  const pixel = await zarr.get(picture, [null, zarr.slice(y, y + 1), zarr.slice(x, x + 1)]);
  console.log(`pixel ${x} ${y}: ${Array.from(pixel.data).join(" ")}`);
}
try {
  const tokens = await zarr.get(await zarr.open(group.resolve("tokens"), { kind: "array" }));
  console.log(`tokens ${tokens.shape.join(" x ")}: ${Array.from(tokens.data.slice(0, 4)).join(" ")} ... ${tokens.data[tokens.data.length - 1]}`);
} catch (missing) {
  console.log("no tokens");
}
