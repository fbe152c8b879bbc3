const NEAR = "200px"; // of the view: what begins there is loaded soon enough

const near = new IntersectionObserver(onNear, { rootMargin: NEAR });

/**
 * What plays a sound or a film in place. It asks for the file's beginning when it comes near the view.
 * @param {"audio"|"video"} name  of the element
 * @param {import("../net/protocol.js").SentFile} file
 */
export function newPlayer(name, file) {
  const player = document.createElement(name);
  player.className = "file-player";
  player.controls = true;
  player.preload = "none";
  player.playsInline = true;
  player.ariaLabel = file.name;
  player.src = file.url;
  near.observe(player);
  return player;
}

function onNear(entries) {
  for (const { target } of entries.filter(({ isIntersecting }) => isIntersecting)) {
    target.preload = "metadata";
    near.unobserve(target);
  }
}
