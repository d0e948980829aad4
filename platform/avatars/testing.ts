import { Avatars } from './avatars.js';

/** Of a media subgraph that has these images, each as "owner media", and a store whose links are keys. */
export function testAvatars(images: ReadonlySet<string>): Avatars {
  return new Avatars({
    media: {
      attach: async (ownerId, mediaIds) =>
        new Map(
          mediaIds
            .filter((id) => images.has(`${ownerId} ${id}`))
            .map((id) => [id, { kind: 'IMAGE', status: 'READY' }] as const),
        ),
    },
    objects: { signDownload: async ({ key }) => `https://store.example.org/${key}` },
    linkSeconds: 3_600,
  });
}
