import { type Masthead, ok } from "./client.js";
import type { FocalPoint, Medium, Names } from "./schema.js";

export interface Upload {
  /** A JPEG, PNG, GIF or WebP. */
  file: Blob;
  /** Name of the file, for people. */
  name?: string | undefined;
  /** Text for people who do not see the picture, by language. */
  alt?: Names | undefined;
  /** The words below it, by language. */
  caption?: Names | undefined;
  /** Name of the maker, by language. */
  credit?: Names | undefined;
  /** The point that every crop must keep. */
  focalPoint?: FocalPoint | undefined;
}

/** Uploads a picture. Its renditions are made afterwards: `state` is then `ready`. */
export async function uploadMedium(client: Masthead, upload: Upload): Promise<Medium> {
  const form = new FormData();
  form.set("file", upload.file, upload.name ?? "picture");
  const parts = { alt: upload.alt, caption: upload.caption, credit: upload.credit, focal_point: upload.focalPoint };
  for (const [name, part] of Object.entries(parts)) {
    if (part !== undefined) form.set(name, JSON.stringify(part));
  }
  const body = { file: "" };
  return (await ok(client.POST("/api/media", { body, bodySerializer: () => form }))).data;
}
