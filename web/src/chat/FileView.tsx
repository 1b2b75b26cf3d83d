import type { FilePart } from 'durablechat';

/** Pictures are shown; any other file is a download. */
export function FileView({ file }: { file: FilePart }) {
  const isPicture = /^image\/[\w.+-]+$/.test(file.media_type);
  const type = isPicture ? file.media_type : 'application/octet-stream';
  const url = `data:${type};base64,${file.data}`;
  return isPicture
    ? <img class="picture" src={url} alt="A picture made by the model" />
    : <a class="file" href={url} download="file">A file ({file.media_type})</a>;
}
