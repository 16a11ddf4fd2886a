// Serves the demo on http://localhost:3000; PORT chooses another port, 0 any free one.
// Needs the build of the packages: `npm run build` in the root of the repository.

import { createDemo } from "./demo.mjs";

const port = Number(process.env.PORT ?? "3000");
const { http, io } = createDemo();

http.on("error", (error) => {
  const isBusy = "code" in error && error.code === "EADDRINUSE";
  const remedy = `Stop that program, or choose another port: PORT=${port + 1} npm start`;
  console.error(
    isBusy
      ? `Port ${port} is in use by another program. ${remedy}`
      : `The demo cannot listen: ${error.message}`,
  );
  process.exit(1);
});

http.listen(port, () => {
  console.log(`The demo is on http://localhost:${http.address().port}`);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => io.close(() => process.exit(0)));
}
