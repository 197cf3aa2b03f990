import type { ArticleMedium, Medium } from "./schema.js";

/** A picture of an article, or an upload. */
export type ShownMedium = Pick<ArticleMedium, "url" | "srcset" | "width" | "height" | "focal_point"> | Medium;

/** Attributes of a `<source>`. */
export interface PictureSource {
  type: string;
  srcset: string;
  sizes?: string;
}

/** Attributes of an `<img>`, without its `alt`. */
export interface PictureImage {
  src: string;
  srcset?: string;
  sizes?: string;
  width?: number;
  height?: number;
}

/** Attributes of a `<picture>`: `sources` first, then `img`. */
export interface PictureMarkup {
  sources: PictureSource[];
  img: PictureImage;
}

/**
 * Attributes of the elements that show a picture: WebP in every width, and JPEG or PNG for the others. A picture that is known by
 * its address only has no sources.
 *
 * @param sizes Width of the picture on the page, as HTML's `sizes` has it: `(min-width: 60rem) 40rem, 100vw`.
 */
export function picture(medium: ShownMedium, sizes?: string | undefined): PictureMarkup {
  const { url, srcset, width, height } = medium;
  const chosen = sizes === undefined ? {} : { sizes };
  const fallback = srcset?.jpeg ?? srcset?.png;
  const webp = srcset?.webp;
  return {
    sources: webp ? [{ type: "image/webp", srcset: webp, ...chosen }] : [],
    img: {
      src: url,
      ...(fallback ? { srcset: fallback, ...chosen } : {}),
      ...(width === undefined || height === undefined ? {} : { width, height }),
    },
  };
}

/** CSS `object-position` that keeps the focal point in every crop. */
export function objectPosition(medium: ShownMedium): string | undefined {
  const point = medium.focal_point;
  return point ? `${percent(point.x)} ${percent(point.y)}` : undefined;
}

function percent(part: number): string {
  return `${Math.round(part * 1000) / 10}%`;
}
