/** A button that posts a plain HTML form, so that the browser itself follows the redirect to Stripe. */

interface PostButtonProps {
  action: string;
  label: string;
  id?: string;
  quiet?: boolean;
}

export function PostButton({ action, label, id, quiet = false }: PostButtonProps) {
  return (
    <form method="post" action={action}>
      <button type="submit" id={id} className={quiet ? 'button quiet' : 'button'}>
        {label}
      </button>
    </form>
  );
}
