/** A labelled input with what is wrong with it. */
import { type InputHTMLAttributes, useId } from 'react';
import { asSentence } from '../lib/sentences.ts';

interface TextFieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  /** Goes on after the label: "is missing". */
  error: string | undefined;
}

export function TextField({ label, error, ...input }: TextFieldProps) {
  const id = useId();
  const errorId = `${id}-error`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} aria-invalid={error ? true : undefined} aria-describedby={error ? errorId : undefined} {...input} />
      {error && (
        <p id={errorId} className="field-error">
          {asSentence(`${label} ${error}`)}
        </p>
      )}
    </div>
  );
}
