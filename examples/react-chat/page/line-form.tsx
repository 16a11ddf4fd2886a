import { useState } from "react";

interface LineFormProps {
  readonly label: string;
  readonly action: string;
  readonly onLine: (line: string) => void;
}

/** Asks for a line of text. */
export function LineForm({ label, action, onLine }: LineFormProps) {
  const [line, setLine] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onLine(line);
        setLine("");
      }}
    >
      <input
        aria-label={label}
        placeholder={label}
        value={line}
        onChange={(event) => setLine(event.target.value)}
      />
      <button type="submit" className="primary">
        {action}
      </button>
    </form>
  );
}
