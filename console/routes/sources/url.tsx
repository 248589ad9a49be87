import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { CopyButton } from "../../kit/copy.tsx";

/** Where the provider posts to. It holds a token, so it is shown to whoever asks, and not to whoever looks over a shoulder. */
export function SecretUrl({ url }: { readonly url: string }) {
  const [isShown, setShown] = useState(false);
  const at = url.lastIndexOf("/") + 1;
  return (
    <div className="stack tight">
      <div className="row wrap">
        <code className="signed-content sources-secret">
          {url.slice(0, at)}
          {isShown ? url.slice(at) : "•".repeat(url.length - at)}
        </code>
        <Button
          size="s"
          icon={isShown ? <EyeOff /> : <Eye />}
          aria-pressed={isShown}
          onPress={() => setShown(!isShown)}
        >
          {isShown ? "Hide" : "Reveal"}
        </Button>
        <CopyButton text={url} what="the URL">
          Copy URL
        </CopyButton>
      </div>
      <p className="description">
        It is a secret too: whoever knows it may post, and the signature decides what is believed. The provider must be
        able to reach it.
      </p>
    </div>
  );
}
