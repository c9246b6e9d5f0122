/** What everything that the sandbox says must be: the SDK's own types, read as JSON and taken exactly. */
import type Stripe from 'stripe';
import type { Wire } from '../../sandbox/billing/shapes.ts';

/** An answer may show the whole object where a reference was expanded. */
type Answer<T> = Wire<T, 'either'>;

/** Every kind of answer: by its `object` word, deletion markers by themselves. */
export interface Answers {
  account: Answer<Stripe.Account>;
  balance: Answer<Stripe.Balance>;
  balance_transaction: Answer<Stripe.BalanceTransaction>;
  'billing_portal.configuration': Answer<Stripe.BillingPortal.Configuration>;
  'billing_portal.session': Answer<Stripe.BillingPortal.Session>;
  charge: Answer<Stripe.Charge>;
  'checkout.session': Answer<Stripe.Checkout.Session>;
  coupon: Answer<Stripe.Coupon>;
  credit_note: Answer<Stripe.CreditNote>;
  customer: Answer<Stripe.Customer>;
  'deleted coupon': Answer<Stripe.DeletedCoupon>;
  'deleted customer': Answer<Stripe.DeletedCustomer>;
  'deleted invoice': Answer<Stripe.DeletedInvoice>;
  'deleted invoiceitem': Answer<Stripe.DeletedInvoiceItem>;
  'deleted plan': Answer<Stripe.DeletedPlan>;
  'deleted product': Answer<Stripe.DeletedProduct>;
  'deleted subscription_item': Answer<Stripe.DeletedSubscriptionItem>;
  'deleted test_helpers.test_clock': Answer<Stripe.TestHelpers.DeletedTestClock>;
  'deleted webhook_endpoint': Answer<Stripe.DeletedWebhookEndpoint>;
  error: { error: Answer<Stripe.PaymentIntent.LastPaymentError> & { message: string } };
  invoice: Answer<Stripe.Invoice>;
  invoice_payment: Answer<Stripe.InvoicePayment>;
  invoiceitem: Answer<Stripe.InvoiceItem>;
  item: Answer<Stripe.LineItem>;
  line_item: Answer<Stripe.InvoiceLineItem>;
  list: Answer<Stripe.ApiList<never>>;
  payment_intent: Answer<Stripe.PaymentIntent>;
  payment_method: Answer<Stripe.PaymentMethod>;
  plan: Answer<Stripe.Plan>;
  price: Answer<Stripe.Price>;
  product: Answer<Stripe.Product>;
  promotion_code: Answer<Stripe.PromotionCode>;
  refund: Answer<Stripe.Refund>;
  setup_intent: Answer<Stripe.SetupIntent>;
  subscription: Answer<Stripe.Subscription>;
  subscription_item: Answer<Stripe.SubscriptionItem>;
  subscription_schedule: Answer<Stripe.SubscriptionSchedule>;
  'test_helpers.test_clock': Answer<Stripe.TestHelpers.TestClock>;
  webhook_endpoint: Answer<Stripe.WebhookEndpoint>;
}

type SdkEvent<Type extends string> = Extract<Stripe.Event, { type: Type }>;

/** The SDK's words on `invoice.upcoming` are that its invoice has no id; its type has one. */
type Shown<Type extends Stripe.Event.Type> = Type extends 'invoice.upcoming'
  ? Omit<Wire<Stripe.Invoice>, 'id'>
  : Wire<SdkEvent<Type>['data']['object']>;

/** The event of a type; what it shows holds ids, as no event expands anything. */
export type Event<Type extends Stripe.Event.Type> = Wire<Omit<SdkEvent<Type>, 'data'>> & {
  data: {
    object: Shown<Type>;
    previous_attributes?: Previous<Shown<Type>>;
  };
};

/**
 * The SDK says `Partial<…>`. Stripe goes deeper: hashes hold only their changed keys, lists are whole, and a key that is new
 * was null: https://docs.stripe.com/api/events/object#event_object-data-previous_attributes
 */
type Previous<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [Key in keyof T]?: Previous<T[Key]> | (string extends Key ? null : undefined extends T[Key] ? null : never) }
    : T;
