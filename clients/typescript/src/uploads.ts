// Resumable uploads (tus 1.0): a connection that breaks loses nothing.

import type { Connection } from "./connection.ts";
import { Refused, taken } from "./problems.ts";

const PART = 4 * 1024 * 1024;
/** How often a connection may break before it is given up. */
const BREAKS = 5;
const TUS = { "Tus-Resumable": "1.0.0" } as const;

export interface Upload {
  /** As the person knows it. */
  name: string;
  /** The id of an upload that was begun, to go on where it stands. */
  id?: string;
  /** Told of the id before the first byte is sent: keep it, to go on after a break. */
  onBegun?: (id: string) => void;
  /** Told of how many bytes have arrived. */
  onProgress?: (sent: number) => void;
}

/** Sends a file, or the rest of it, and gives its id once it is whole. */
export async function upload(to: Connection, file: Blob, how: Upload): Promise<string> {
  const id = how.id ?? (await announce(to, file, how.name));
  if (!how.id) how.onBegun?.(id);
  let offset = await arrived(to, id);
  let breaks = 0;
  while (offset < file.size) {
    try {
      offset = await append(to, id, file, offset);
    } catch (lost) {
      breaks += 1;
      if (lost instanceof Refused || breaks > BREAKS) throw lost;
      offset = await arrived(to, id);
    }
    how.onProgress?.(offset);
  }
  return id;
}

/** How many bytes of it have arrived. */
async function arrived(to: Connection, id: string): Promise<number> {
  const address = `${to.address}/v1/uploads/${id}`;
  const response = await to.send(new Request(address, { method: "HEAD", headers: TUS }));
  taken({ data: null, response });
  return Number(response.headers.get("Upload-Offset"));
}

/** Sends the next part, and gives how many bytes have arrived then. */
async function append(to: Connection, id: string, file: Blob, offset: number): Promise<number> {
  const sent = await to.api.PATCH("/v1/uploads/{upload_id}", {
    params: { path: { upload_id: id }, header: { ...TUS, "Upload-Offset": offset } },
    headers: { "Content-Type": "application/offset+octet-stream" },
    body: "",
    bodySerializer: () => file.slice(offset, offset + PART),
  });
  taken(sent);
  return Number(sent.response.headers.get("Upload-Offset"));
}

async function announce(to: Connection, file: Blob, name: string): Promise<string> {
  const text = String.fromCharCode(...new TextEncoder().encode(name));
  const header = {
    ...TUS,
    "Upload-Length": file.size,
    "Upload-Metadata": `filename ${btoa(text)}`,
  };
  return taken(await to.api.POST("/v1/uploads", { params: { header } })).id;
}
