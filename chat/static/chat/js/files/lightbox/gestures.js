const SWIPE_PX = 60;
const TAP_PX = 10;
const DOUBLE_TAP_MS = 300;
const WHEEL_STEP = 0.002;

/**
 * Fingers, mouse and wheel on the stage: a swipe goes on or closes, two fingers and the wheel zoom, a double tap or click
 * goes close up, and a zoomed picture is moved.
 * @param {HTMLElement} stage
 * @param {import("./zoom.js").Zoom} zoom
 * @param {{go: (step: number) => void, close: () => void}} actions
 */
export function enableStageGestures(stage, zoom, { go, close }) {
  const pointers = new Map(); // by id: where each finger is
  let start = null; // of a press with one finger
  let lastTap = { at: -Infinity, x: 0, y: 0 };

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest("button")) {
      return;
    }
    stage.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, pointOf(event));
    start = pointers.size === 1 ? pointOf(event) : null;
    stage.classList.add("is-dragged");
  });

  stage.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (before) {
      const [span, middle] = [spanOf(pointers), middleOf(pointers)];
      pointers.set(event.pointerId, pointOf(event));
      pointers.size > 1 && zoom.to((zoom.scale * spanOf(pointers)) / span, middle);
      zoom.isZoomed && zoom.move(middleOf(pointers).x - middle.x, middleOf(pointers).y - middle.y);
    }
  });

  const end = (event) => {
    if (pointers.delete(event.pointerId) && pointers.size === 0) {
      stage.classList.remove("is-dragged");
      start && event.type === "pointerup" && finish(event);
    }
  };
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom.to(zoom.scale * Math.exp(-event.deltaY * WHEEL_STEP), pointOf(event));
  });

  function finish(event) {
    const [across, down] = [event.clientX - start.x, event.clientY - start.y];
    if (Math.hypot(across, down) < TAP_PX) {
      onTap(event);
    } else if (!zoom.isZoomed && event.pointerType !== "mouse") {
      onSwipe(across, down);
    }
  }

  function onTap(event) {
    const isSecond = event.timeStamp - lastTap.at < DOUBLE_TAP_MS && Math.hypot(event.clientX - lastTap.x, event.clientY - lastTap.y) < SWIPE_PX;
    lastTap = isSecond ? { at: -Infinity, x: 0, y: 0 } : { at: event.timeStamp, ...pointOf(event) };
    isSecond && zoom.toggle(pointOf(event));
  }

  /** Along the line, as pages turn in the language; down closes. */
  function onSwipe(across, down) {
    if (Math.abs(across) > SWIPE_PX && Math.abs(across) > Math.abs(down)) {
      go(across < 0 === stage.matches(":dir(ltr)") ? 1 : -1);
    } else if (down > SWIPE_PX) {
      close();
    }
  }
}

const pointOf = ({ clientX, clientY }) => ({ x: clientX, y: clientY });

function spanOf(pointers) {
  const [one, other] = pointers.values();
  return other ? Math.max(1, Math.hypot(one.x - other.x, one.y - other.y)) : 1;
}

function middleOf(pointers) {
  const points = [...pointers.values()];
  const mean = (axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return { x: mean("x"), y: mean("y") };
}
