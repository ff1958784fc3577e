// What a form of ours is sent with. Signing in again, also in another window, brings a new one, which the cookie tells.

export function token() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}
