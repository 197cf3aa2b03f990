import node from "@astrojs/node";
import { defineConfig, passthroughImageService } from "astro/config";

// Every page is made when it is asked for. Masthead has made the renditions of pictures already.
export default defineConfig({
  output: "server",
  adapter: node({ mode: "standalone" }),
  image: { service: passthroughImageService() },
  devToolbar: { enabled: false },
});
