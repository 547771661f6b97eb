# What happened to a case, and what it lacks.

case-event-created = Case opened
case-event-attached = Another suspicion joined the case
case-event-held = Hold in sorting set or lifted
case-event-merged = Cases merged
case-event-released = Released for distribution
case-event-assigned = Assigned
case-event-redirected = Sent to another channel or branch
case-event-participant-added = Somebody was copied or asked to assist
case-event-assist-answered = Assist answered, or closed without an answer
case-event-started = Investigation begun
case-event-commented = Comment
case-event-contact-attempted = Attempt to reach the customer
case-event-evidence-attached = Evidence attached
case-event-evidence-read = Evidence read
case-event-call-back-requested = Customer service asked to call the customer
case-event-call-back-answered = Customer service has called the customer
case-event-paused = Clock stopped
case-event-resumed = Clock goes on
case-event-urged = Urged
case-event-taken-over = Taken over by customer service
case-event-extended = Time extended
case-event-submitted = Submitted for verification
case-event-verified = Verified
case-event-returned = Returned
case-event-closed = Closed
case-event-reopened = Reopened
case-event-withdrawal-asked = Withdrawal asked for
case-event-withdrawn = Withdrawn
case-event-appealed = Appeal: issued by mistake
case-event-appeal-decided = Appeal decided
case-event-opinion-recorded = Sanction or rectification opinion recorded
case-event-opinion-replied = Opinion replied to
case-event-deadline-recomputed = Deadline counted anew
case-event-reminded = Reminder sent
case-event-escalated = Escalated
case-event-reported-to-compliance = Reported to compliance
case-event-commission-changed = Commission held or released
case-event-policy-changed = The policy changed

case-missing-customer-proof = The customer's own proof is missing.
case-missing-signature = The policyholder's signature under the confirmation, with its date, is missing.
case-missing-handwritten-signature = The signature is electronic; this installation asks for one by hand.
case-missing-servicing-no = The number of the servicing change is missing.
case-missing-accepted-revision = No corrected application has been accepted since the case began.
case-missing-cleared-kind = It is not said why the customers may share the data.
case-missing-investigation-report = The signed investigation report is missing.
case-missing-statement = The statement of the seller or the agency is missing.
case-missing-contact-attempts = {$count ->
    [one] One more attempt to reach the customer is needed.
   *[other] {$count} more attempts to reach the customer are needed.
}
case-missing-contact-days = {$count ->
    [one] The attempts must be made on one more day.
   *[other] The attempts must be made on {$count} more days.
}
case-missing-contact-periods = {$count ->
    [one] The attempts must be made in one more part of the day.
   *[other] The attempts must be made in {$count} more parts of the day.
}
case-missing-letter-or-visit = A letter or a visit after the attempts is missing.
case-missing-was-reached = The customer was reached, so he is not unreachable.
case-missing-assist-answers = {$count ->
    [one] The answer of another channel is awaited.
   *[other] The answers of {$count} other channels are awaited.
}
