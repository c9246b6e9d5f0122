/** A button that posts a plain HTML form, so that the browser itself follows the redirect to Stripe. */

interface PostButtonProps {
  action: string;
  label: string;
  /** What the form sends along. */
  fields?: Readonly<Record<string, string>>;
  id?: string;
  quiet?: boolean;
}

export function PostButton({ action, label, fields = {}, id, quiet = false }: PostButtonProps) {
  return (
    <form method="post" action={action}>
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <button type="submit" id={id} className={quiet ? 'button quiet' : 'button'}>
        {label}
      </button>
    </form>
  );
}
