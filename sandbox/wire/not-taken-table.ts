/** By route what Stripe takes and the sandbox does not; written by test/unit/sandbox/wire/not-taken.test.ts. */
export const NOT_TAKEN: Readonly<Record<string, string>> = {
  'GET /v1/balance_transactions': `
    payout`,
  'POST /v1/charges/:id': `
    customer fraud_details shipping transfer_group`,
  'POST /v1/charges/:id/capture': `
    application_fee application_fee_amount receipt_email statement_descriptor statement_descriptor_suffix transfer_data
    transfer_group`,
  'GET /v1/charges': `
    transfer_group`,
  'POST /v1/checkout/sessions': `
    adaptive_pricing after_expiration allowed_payment_method_types automatic_tax branding_settings[background_color]
    branding_settings[border_style] branding_settings[button_color] branding_settings[font_family] branding_settings[icon]
    branding_settings[logo] consent_collection[payment_method_reuse_agreement] consent_collection[promotions] custom_fields
    custom_text customer_account customer_update discounts excluded_payment_method_types integration_identifier invoice_creation
    line_items[adjustable_quantity] line_items[metadata] line_items[price_data][product_data][tax_details] line_items[tax_rates]
    managed_payments name_collection optional_items origin_context payment_intent_data[application_fee_amount]
    payment_intent_data[on_behalf_of] payment_intent_data[transfer_data] payment_intent_data[transfer_group]
    payment_method_configuration payment_method_data payment_method_options permissions phone_number_collection
    redirect_on_completion saved_payment_method_options setup_intent_data[on_behalf_of] shipping_address_collection
    shipping_options subscription_data[application_fee_percent] subscription_data[billing_cycle_anchor]
    subscription_data[billing_cycle_anchor_config] subscription_data[billing_mode] subscription_data[default_tax_rates]
    subscription_data[invoice_settings] subscription_data[on_behalf_of] subscription_data[pending_invoice_item_interval]
    subscription_data[proration_behavior] subscription_data[transfer_data] tax_id_collection wallet_options`,
  'POST /v1/checkout/sessions/:id': `
    collected_information line_items payment_intent_data shipping_options`,
  'GET /v1/checkout/sessions': `
    customer_account payment_link`,
  'POST /v1/customers': `
    business_name cash_balance individual_name invoice_settings[rendering_options] source tax tax_id_data validate`,
  'POST /v1/customers/:id': `
    business_name cash_balance default_source individual_name invoice_settings[rendering_options] source tax validate`,
  'POST /v1/invoiceitems': `
    customer_account discounts price_data quantity_decimal tax_behavior tax_code tax_rates unit_amount_decimal`,
  'POST /v1/invoiceitems/:id': `
    discounts invoicing_rules price_data pricing quantity quantity_decimal tax_behavior tax_code tax_rates unit_amount_decimal`,
  'GET /v1/invoiceitems': `
    customer_account`,
  'GET /v1/invoice_payments': `
    payment[payment_record]`,
  'POST /v1/invoices': `
    account_tax_ids application_fee_amount automatic_tax automatically_finalizes_at custom_fields customer_account
    default_source default_tax_rates discounts effective_at from_invoice issuer number on_behalf_of payment_settings rendering
    shipping_cost shipping_details statement_descriptor subscription transfer_data`,
  'POST /v1/invoices/create_preview': `
    automatic_tax currency customer_account customer_details discounts invoice_items issuer on_behalf_of schedule
    schedule_details subscription_details[billing_cycle_anchor] subscription_details[billing_mode]
    subscription_details[billing_schedules] subscription_details[cancel_at] subscription_details[cancel_at_period_end]
    subscription_details[default_tax_rates] subscription_details[items][billing_thresholds]
    subscription_details[items][clear_usage] subscription_details[items][current_trial] subscription_details[items][discounts]
    subscription_details[items][plan] subscription_details[items][price_data] subscription_details[items][tax_rates]
    subscription_details[metadata] subscription_details[pause] subscription_details[resume_at] subscription_details[start_date]`,
  'POST /v1/invoices/:id': `
    account_tax_ids application_fee_amount automatic_tax automatically_finalizes_at custom_fields default_source
    default_tax_rates discounts effective_at issuer number on_behalf_of payment_settings rendering shipping_cost
    shipping_details statement_descriptor transfer_data`,
  'POST /v1/invoices/:id/pay': `
    forgive mandate source`,
  'GET /v1/invoices': `
    customer_account due_date`,
  'POST /v1/payment_intents': `
    allowed_payment_method_types amount_details application_fee_amount confirmation_token customer_account
    excluded_payment_method_types hooks mandate mandate_data on_behalf_of payment_details payment_method_configuration
    payment_method_data[acss_debit] payment_method_data[affirm] payment_method_data[afterpay_clearpay]
    payment_method_data[alipay] payment_method_data[alma] payment_method_data[amazon_pay] payment_method_data[au_becs_debit]
    payment_method_data[bacs_debit] payment_method_data[bancontact] payment_method_data[billie]
    payment_method_data[billing_details][tax_id] payment_method_data[bizum] payment_method_data[blik]
    payment_method_data[boleto] payment_method_data[cashapp] payment_method_data[crypto] payment_method_data[customer_balance]
    payment_method_data[eps] payment_method_data[fpx] payment_method_data[giropay] payment_method_data[grabpay]
    payment_method_data[ideal] payment_method_data[interac_present] payment_method_data[kakao_pay] payment_method_data[klarna]
    payment_method_data[konbini] payment_method_data[kr_card] payment_method_data[link] payment_method_data[mb_way]
    payment_method_data[mobilepay] payment_method_data[multibanco] payment_method_data[naver_pay]
    payment_method_data[nz_bank_account] payment_method_data[oxxo] payment_method_data[p24] payment_method_data[pay_by_bank]
    payment_method_data[payco] payment_method_data[paynow] payment_method_data[paypal] payment_method_data[paypay]
    payment_method_data[payto] payment_method_data[pix] payment_method_data[promptpay] payment_method_data[radar_options]
    payment_method_data[revolut_pay] payment_method_data[samsung_pay] payment_method_data[satispay]
    payment_method_data[scalapay] payment_method_data[sepa_debit] payment_method_data[sequra] payment_method_data[sofort]
    payment_method_data[sunbit] payment_method_data[swish] payment_method_data[twint] payment_method_data[upi]
    payment_method_data[us_bank_account] payment_method_data[wechat_pay] payment_method_data[zip]
    payment_method_options[acss_debit] payment_method_options[affirm] payment_method_options[afterpay_clearpay]
    payment_method_options[alipay] payment_method_options[alma] payment_method_options[amazon_pay]
    payment_method_options[au_becs_debit] payment_method_options[bacs_debit] payment_method_options[bancontact]
    payment_method_options[billie] payment_method_options[bizum] payment_method_options[blik] payment_method_options[boleto]
    payment_method_options[card][capture_method] payment_method_options[card][cvc_token]
    payment_method_options[card][installments] payment_method_options[card][mandate_options] payment_method_options[card][moto]
    payment_method_options[card][network] payment_method_options[card][request_extended_authorization]
    payment_method_options[card][request_incremental_authorization] payment_method_options[card][request_multicapture]
    payment_method_options[card][request_overcapture] payment_method_options[card][require_cvc_recollection]
    payment_method_options[card][setup_credential_usage] payment_method_options[card][setup_future_usage]
    payment_method_options[card][statement_descriptor_suffix_kana]
    payment_method_options[card][statement_descriptor_suffix_kanji] payment_method_options[card][stored_credential_usage]
    payment_method_options[card][three_d_secure] payment_method_options[card_present] payment_method_options[cashapp]
    payment_method_options[crypto] payment_method_options[customer_balance] payment_method_options[eps]
    payment_method_options[fpx] payment_method_options[giropay] payment_method_options[grabpay] payment_method_options[ideal]
    payment_method_options[interac_present] payment_method_options[kakao_pay] payment_method_options[klarna]
    payment_method_options[konbini] payment_method_options[kr_card] payment_method_options[link] payment_method_options[mb_way]
    payment_method_options[mobilepay] payment_method_options[multibanco] payment_method_options[naver_pay]
    payment_method_options[nz_bank_account] payment_method_options[oxxo] payment_method_options[p24]
    payment_method_options[pay_by_bank] payment_method_options[payco] payment_method_options[paynow]
    payment_method_options[paypal] payment_method_options[paypay] payment_method_options[payto] payment_method_options[pix]
    payment_method_options[promptpay] payment_method_options[revolut_pay] payment_method_options[samsung_pay]
    payment_method_options[satispay] payment_method_options[scalapay] payment_method_options[sepa_debit]
    payment_method_options[sequra] payment_method_options[sofort] payment_method_options[sunbit] payment_method_options[swish]
    payment_method_options[twint] payment_method_options[upi] payment_method_options[us_bank_account]
    payment_method_options[wechat_pay] payment_method_options[zip] radar_options transfer_data transfer_group`,
  'POST /v1/payment_intents/:id': `
    allowed_payment_method_types amount_details application_fee_amount customer_account excluded_payment_method_types hooks
    payment_details payment_method_configuration payment_method_data[acss_debit] payment_method_data[affirm]
    payment_method_data[afterpay_clearpay] payment_method_data[alipay] payment_method_data[alma] payment_method_data[amazon_pay]
    payment_method_data[au_becs_debit] payment_method_data[bacs_debit] payment_method_data[bancontact]
    payment_method_data[billie] payment_method_data[billing_details][tax_id] payment_method_data[bizum]
    payment_method_data[blik] payment_method_data[boleto] payment_method_data[cashapp] payment_method_data[crypto]
    payment_method_data[customer_balance] payment_method_data[eps] payment_method_data[fpx] payment_method_data[giropay]
    payment_method_data[grabpay] payment_method_data[ideal] payment_method_data[interac_present] payment_method_data[kakao_pay]
    payment_method_data[klarna] payment_method_data[konbini] payment_method_data[kr_card] payment_method_data[link]
    payment_method_data[mb_way] payment_method_data[mobilepay] payment_method_data[multibanco] payment_method_data[naver_pay]
    payment_method_data[nz_bank_account] payment_method_data[oxxo] payment_method_data[p24] payment_method_data[pay_by_bank]
    payment_method_data[payco] payment_method_data[paynow] payment_method_data[paypal] payment_method_data[paypay]
    payment_method_data[payto] payment_method_data[pix] payment_method_data[promptpay] payment_method_data[radar_options]
    payment_method_data[revolut_pay] payment_method_data[samsung_pay] payment_method_data[satispay]
    payment_method_data[scalapay] payment_method_data[sepa_debit] payment_method_data[sequra] payment_method_data[sofort]
    payment_method_data[sunbit] payment_method_data[swish] payment_method_data[twint] payment_method_data[upi]
    payment_method_data[us_bank_account] payment_method_data[wechat_pay] payment_method_data[zip]
    payment_method_options[acss_debit] payment_method_options[affirm] payment_method_options[afterpay_clearpay]
    payment_method_options[alipay] payment_method_options[alma] payment_method_options[amazon_pay]
    payment_method_options[au_becs_debit] payment_method_options[bacs_debit] payment_method_options[bancontact]
    payment_method_options[billie] payment_method_options[bizum] payment_method_options[blik] payment_method_options[boleto]
    payment_method_options[card][capture_method] payment_method_options[card][cvc_token]
    payment_method_options[card][installments] payment_method_options[card][mandate_options] payment_method_options[card][moto]
    payment_method_options[card][network] payment_method_options[card][request_extended_authorization]
    payment_method_options[card][request_incremental_authorization] payment_method_options[card][request_multicapture]
    payment_method_options[card][request_overcapture] payment_method_options[card][require_cvc_recollection]
    payment_method_options[card][setup_credential_usage] payment_method_options[card][setup_future_usage]
    payment_method_options[card][statement_descriptor_suffix_kana]
    payment_method_options[card][statement_descriptor_suffix_kanji] payment_method_options[card][stored_credential_usage]
    payment_method_options[card][three_d_secure] payment_method_options[card_present] payment_method_options[cashapp]
    payment_method_options[crypto] payment_method_options[customer_balance] payment_method_options[eps]
    payment_method_options[fpx] payment_method_options[giropay] payment_method_options[grabpay] payment_method_options[ideal]
    payment_method_options[interac_present] payment_method_options[kakao_pay] payment_method_options[klarna]
    payment_method_options[konbini] payment_method_options[kr_card] payment_method_options[link] payment_method_options[mb_way]
    payment_method_options[mobilepay] payment_method_options[multibanco] payment_method_options[naver_pay]
    payment_method_options[nz_bank_account] payment_method_options[oxxo] payment_method_options[p24]
    payment_method_options[pay_by_bank] payment_method_options[payco] payment_method_options[paynow]
    payment_method_options[paypal] payment_method_options[paypay] payment_method_options[payto] payment_method_options[pix]
    payment_method_options[promptpay] payment_method_options[revolut_pay] payment_method_options[samsung_pay]
    payment_method_options[satispay] payment_method_options[scalapay] payment_method_options[sepa_debit]
    payment_method_options[sequra] payment_method_options[sofort] payment_method_options[sunbit] payment_method_options[swish]
    payment_method_options[twint] payment_method_options[upi] payment_method_options[us_bank_account]
    payment_method_options[wechat_pay] payment_method_options[zip] transfer_data transfer_group`,
  'POST /v1/payment_intents/:id/confirm': `
    allowed_payment_method_types amount_details amount_to_confirm confirmation_token excluded_payment_method_types hooks mandate
    mandate_data payment_details payment_method_data[acss_debit] payment_method_data[affirm]
    payment_method_data[afterpay_clearpay] payment_method_data[alipay] payment_method_data[alma] payment_method_data[amazon_pay]
    payment_method_data[au_becs_debit] payment_method_data[bacs_debit] payment_method_data[bancontact]
    payment_method_data[billie] payment_method_data[billing_details][tax_id] payment_method_data[bizum]
    payment_method_data[blik] payment_method_data[boleto] payment_method_data[cashapp] payment_method_data[crypto]
    payment_method_data[customer_balance] payment_method_data[eps] payment_method_data[fpx] payment_method_data[giropay]
    payment_method_data[grabpay] payment_method_data[ideal] payment_method_data[interac_present] payment_method_data[kakao_pay]
    payment_method_data[klarna] payment_method_data[konbini] payment_method_data[kr_card] payment_method_data[link]
    payment_method_data[mb_way] payment_method_data[mobilepay] payment_method_data[multibanco] payment_method_data[naver_pay]
    payment_method_data[nz_bank_account] payment_method_data[oxxo] payment_method_data[p24] payment_method_data[pay_by_bank]
    payment_method_data[payco] payment_method_data[paynow] payment_method_data[paypal] payment_method_data[paypay]
    payment_method_data[payto] payment_method_data[pix] payment_method_data[promptpay] payment_method_data[radar_options]
    payment_method_data[revolut_pay] payment_method_data[samsung_pay] payment_method_data[satispay]
    payment_method_data[scalapay] payment_method_data[sepa_debit] payment_method_data[sequra] payment_method_data[sofort]
    payment_method_data[sunbit] payment_method_data[swish] payment_method_data[twint] payment_method_data[upi]
    payment_method_data[us_bank_account] payment_method_data[wechat_pay] payment_method_data[zip] payment_method_options
    radar_options`,
  'POST /v1/payment_intents/:id/capture': `
    amount_details application_fee_amount hooks payment_details transfer_data`,
  'GET /v1/payment_intents': `
    customer_account`,
  'POST /v1/payment_methods': `
    acss_debit affirm afterpay_clearpay alipay alma amazon_pay au_becs_debit bacs_debit bancontact billie
    billing_details[tax_id] bizum blik boleto card[networks] cashapp crypto custom customer customer_balance eps fpx giropay
    grabpay ideal interac_present kakao_pay klarna konbini kr_card link mb_way mobilepay multibanco naver_pay nz_bank_account
    oxxo p24 pay_by_bank payco payment_method paynow paypal paypay payto pix promptpay radar_options revolut_pay samsung_pay
    satispay scalapay sepa_debit sequra sofort sunbit swish twint upi us_bank_account wechat_pay zip`,
  'POST /v1/payment_methods/:id': `
    billing_details[tax_id] card[networks] us_bank_account`,
  'POST /v1/payment_methods/:id/attach': `
    customer_account`,
  'GET /v1/payment_methods': `
    allow_redisplay customer_account`,
  'GET /v1/customers/:customer/payment_methods': `
    allow_redisplay`,
  'POST /v1/plans': `
    meter product[tax_details] tiers tiers_mode transform_usage`,
  'POST /v1/billing_portal/sessions': `
    customer_account flow_data[subscription_cancel][retention] flow_data[subscription_update_confirm][discounts] on_behalf_of`,
  'POST /v1/prices': `
    currency_options custom_unit_amount product_data[tax_details] recurring[meter] tiers tiers_mode transform_quantity`,
  'POST /v1/prices/:id': `
    currency_options`,
  'GET /v1/prices': `
    recurring[meter]`,
  'POST /v1/products': `
    default_price_data[currency_options] default_price_data[custom_unit_amount] package_dimensions tax_details`,
  'POST /v1/products/:id': `
    package_dimensions tax_details`,
  'POST /v1/refunds': `
    currency customer instructions_email origin refund_application_fee reverse_transfer`,
  'POST /v1/setup_intents': `
    allowed_payment_method_types attach_to_self confirmation_token customer_account excluded_payment_method_types
    flow_directions mandate_data on_behalf_of payment_method_configuration payment_method_data[acss_debit]
    payment_method_data[affirm] payment_method_data[afterpay_clearpay] payment_method_data[alipay] payment_method_data[alma]
    payment_method_data[amazon_pay] payment_method_data[au_becs_debit] payment_method_data[bacs_debit]
    payment_method_data[bancontact] payment_method_data[billie] payment_method_data[billing_details][tax_id]
    payment_method_data[bizum] payment_method_data[blik] payment_method_data[boleto] payment_method_data[cashapp]
    payment_method_data[crypto] payment_method_data[customer_balance] payment_method_data[eps] payment_method_data[fpx]
    payment_method_data[giropay] payment_method_data[grabpay] payment_method_data[ideal] payment_method_data[interac_present]
    payment_method_data[kakao_pay] payment_method_data[klarna] payment_method_data[konbini] payment_method_data[kr_card]
    payment_method_data[link] payment_method_data[mb_way] payment_method_data[mobilepay] payment_method_data[multibanco]
    payment_method_data[naver_pay] payment_method_data[nz_bank_account] payment_method_data[oxxo] payment_method_data[p24]
    payment_method_data[pay_by_bank] payment_method_data[payco] payment_method_data[paynow] payment_method_data[paypal]
    payment_method_data[paypay] payment_method_data[payto] payment_method_data[pix] payment_method_data[promptpay]
    payment_method_data[radar_options] payment_method_data[revolut_pay] payment_method_data[samsung_pay]
    payment_method_data[satispay] payment_method_data[scalapay] payment_method_data[sepa_debit] payment_method_data[sequra]
    payment_method_data[sofort] payment_method_data[sunbit] payment_method_data[swish] payment_method_data[twint]
    payment_method_data[upi] payment_method_data[us_bank_account] payment_method_data[wechat_pay] payment_method_data[zip]
    payment_method_options[acss_debit] payment_method_options[amazon_pay] payment_method_options[bacs_debit]
    payment_method_options[bizum] payment_method_options[blik] payment_method_options[card][mandate_options]
    payment_method_options[card][moto] payment_method_options[card][network]
    payment_method_options[card][setup_credential_usage] payment_method_options[card][three_d_secure]
    payment_method_options[card_present] payment_method_options[klarna] payment_method_options[link]
    payment_method_options[paypal] payment_method_options[payto] payment_method_options[pix] payment_method_options[sepa_debit]
    payment_method_options[upi] payment_method_options[us_bank_account] single_use`,
  'POST /v1/setup_intents/:id': `
    allowed_payment_method_types attach_to_self customer_account excluded_payment_method_types flow_directions
    payment_method_configuration payment_method_data[acss_debit] payment_method_data[affirm]
    payment_method_data[afterpay_clearpay] payment_method_data[alipay] payment_method_data[alma] payment_method_data[amazon_pay]
    payment_method_data[au_becs_debit] payment_method_data[bacs_debit] payment_method_data[bancontact]
    payment_method_data[billie] payment_method_data[billing_details][tax_id] payment_method_data[bizum]
    payment_method_data[blik] payment_method_data[boleto] payment_method_data[cashapp] payment_method_data[crypto]
    payment_method_data[customer_balance] payment_method_data[eps] payment_method_data[fpx] payment_method_data[giropay]
    payment_method_data[grabpay] payment_method_data[ideal] payment_method_data[interac_present] payment_method_data[kakao_pay]
    payment_method_data[klarna] payment_method_data[konbini] payment_method_data[kr_card] payment_method_data[link]
    payment_method_data[mb_way] payment_method_data[mobilepay] payment_method_data[multibanco] payment_method_data[naver_pay]
    payment_method_data[nz_bank_account] payment_method_data[oxxo] payment_method_data[p24] payment_method_data[pay_by_bank]
    payment_method_data[payco] payment_method_data[paynow] payment_method_data[paypal] payment_method_data[paypay]
    payment_method_data[payto] payment_method_data[pix] payment_method_data[promptpay] payment_method_data[radar_options]
    payment_method_data[revolut_pay] payment_method_data[samsung_pay] payment_method_data[satispay]
    payment_method_data[scalapay] payment_method_data[sepa_debit] payment_method_data[sequra] payment_method_data[sofort]
    payment_method_data[sunbit] payment_method_data[swish] payment_method_data[twint] payment_method_data[upi]
    payment_method_data[us_bank_account] payment_method_data[wechat_pay] payment_method_data[zip]
    payment_method_options[acss_debit] payment_method_options[amazon_pay] payment_method_options[bacs_debit]
    payment_method_options[bizum] payment_method_options[blik] payment_method_options[card][mandate_options]
    payment_method_options[card][moto] payment_method_options[card][network]
    payment_method_options[card][setup_credential_usage] payment_method_options[card][three_d_secure]
    payment_method_options[card_present] payment_method_options[klarna] payment_method_options[link]
    payment_method_options[paypal] payment_method_options[payto] payment_method_options[pix] payment_method_options[sepa_debit]
    payment_method_options[upi] payment_method_options[us_bank_account]`,
  'POST /v1/setup_intents/:id/confirm': `
    allowed_payment_method_types confirmation_token mandate_data payment_method_data[acss_debit] payment_method_data[affirm]
    payment_method_data[afterpay_clearpay] payment_method_data[alipay] payment_method_data[alma] payment_method_data[amazon_pay]
    payment_method_data[au_becs_debit] payment_method_data[bacs_debit] payment_method_data[bancontact]
    payment_method_data[billie] payment_method_data[billing_details][tax_id] payment_method_data[bizum]
    payment_method_data[blik] payment_method_data[boleto] payment_method_data[cashapp] payment_method_data[crypto]
    payment_method_data[customer_balance] payment_method_data[eps] payment_method_data[fpx] payment_method_data[giropay]
    payment_method_data[grabpay] payment_method_data[ideal] payment_method_data[interac_present] payment_method_data[kakao_pay]
    payment_method_data[klarna] payment_method_data[konbini] payment_method_data[kr_card] payment_method_data[link]
    payment_method_data[mb_way] payment_method_data[mobilepay] payment_method_data[multibanco] payment_method_data[naver_pay]
    payment_method_data[nz_bank_account] payment_method_data[oxxo] payment_method_data[p24] payment_method_data[pay_by_bank]
    payment_method_data[payco] payment_method_data[paynow] payment_method_data[paypal] payment_method_data[paypay]
    payment_method_data[payto] payment_method_data[pix] payment_method_data[promptpay] payment_method_data[radar_options]
    payment_method_data[revolut_pay] payment_method_data[samsung_pay] payment_method_data[satispay]
    payment_method_data[scalapay] payment_method_data[sepa_debit] payment_method_data[sequra] payment_method_data[sofort]
    payment_method_data[sunbit] payment_method_data[swish] payment_method_data[twint] payment_method_data[upi]
    payment_method_data[us_bank_account] payment_method_data[wechat_pay] payment_method_data[zip] payment_method_options`,
  'GET /v1/setup_intents': `
    attach_to_self customer_account`,
  'POST /v1/subscription_items': `
    billing_thresholds current_trial discounts plan price_data tax_rates`,
  'POST /v1/subscription_items/:id': `
    billing_thresholds current_trial discounts plan price_data tax_rates`,
  'DELETE /v1/subscription_items/:id': `
    clear_usage`,
  'POST /v1/subscriptions': `
    add_invoice_items application_fee_percent automatic_tax backdate_start_date billing_cycle_anchor billing_cycle_anchor_config
    billing_mode[flexible] billing_schedules billing_thresholds currency customer_account default_source default_tax_rates
    discounts invoice_settings items[billing_thresholds] items[current_trial] items[discounts] items[plan] items[price_data]
    items[tax_rates] on_behalf_of payment_settings[payment_method_options] payment_settings[payment_method_types]
    pending_invoice_item_interval transfer_data trial_from_plan`,
  'POST /v1/subscriptions/:id': `
    add_invoice_items application_fee_percent automatic_tax billing_cycle_anchor billing_schedules billing_thresholds
    cancellation_details[feedback_option] default_source default_tax_rates discounts invoice_settings items[billing_thresholds]
    items[clear_usage] items[current_trial] items[discounts] items[plan] items[price_data] items[tax_rates] on_behalf_of
    payment_settings[payment_method_options] payment_settings[payment_method_types] pending_invoice_item_interval transfer_data
    trial_from_plan`,
  'DELETE /v1/subscriptions/:id': `
    cancellation_details[feedback_option]`,
  'GET /v1/subscriptions': `
    automatic_tax current_period_end current_period_start customer_account plan price`,
};
