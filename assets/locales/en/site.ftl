# The public shell and the components every page shares.

site-skip-main = Skip to the main content
site-title-error = Error:
site-nav-label = Main
site-languages-label = Languages
site-demo = This is a demonstration. Its signatories are fictitious and no message leaves this machine.
site-footer-label = About this site
site-footer-what = { $name }: what is asked, who signed, and where states stand.
site-footer-desk = Desk

site-nav-home = Overview
site-nav-statement = Statement
site-nav-sign = Sign
site-nav-signatories = Signatories
site-nav-states = Where states stand
site-nav-write = Write to your government
site-nav-calendar = Calendar
site-nav-data = Data
site-nav-method = Data and method
site-nav-verify = Is this message from us?
site-nav-privacy = Privacy

site-notice-good = Done.
site-notice-info = Please note.
site-notice-wait = Waiting.
site-notice-bad = This did not work.
site-consequence-what = What will happen
site-consequence-whom = To whom
site-consequence-undo = How to undo it

site-form-optional = (optional)
site-form-error = Error:
site-form-labelled = { $label }: { $text }
site-form-summary =
    { $count ->
        [one] There is a problem
       *[other] There are { $count } problems
    }
site-form-trap = Leave this field empty
site-filter-apply = Apply
site-filter-clear = Clear

site-count-organisations =
    { $count ->
        [one] { $shown } organisation
       *[other] { $shown } organisations
    }
site-count-individuals =
    { $count ->
        [one] { $shown } individual
       *[other] { $shown } individuals
    }
# Follows "from".
site-count-countries =
    { $count ->
        [one] { $shown } country
       *[other] { $shown } countries
    }
# The date follows: see site-as-of.
site-count-both = { $first } and { $second } from { $third },
site-count-one = { $first } from { $third },
site-as-of = as of { $when }
site-time-local = { $when }, { $zone }
site-time-aoe = { $when }, anywhere on earth

site-paging-label = Pages
site-paging-range = { $from } to { $to } of { $count }
site-paging-previous = Previous
site-paging-next = Next
site-paging-page = Page { $number }

site-stance-strong_support = Strong support
site-stance-support = Support
site-stance-neutral = Neutral
site-stance-oppose = Opposed
site-stance-strong_oppose = Strongly opposed
site-stance-silent = Silent
site-stance-no_data = No data
site-stance-then = then
site-stance-legend = Key to stances

site-map-skip = Go to the table with the same facts
site-map-tile = { $name } ({ $code }): { $stance }
site-map-disclaimer = One tile is one state and one vote. The place and size of a tile mean nothing, and say nothing about the legal status of any territory or about its boundaries.
site-chart-data = The numbers behind this chart
site-chart-session = Session
site-chart-shares = Shares

site-progress-running = { $done } of { $total }
site-progress-done = Finished: { $done } of { $total }
site-progress-stopped = Stopped at { $done } of { $total }
site-progress-failed = Failed at { $done } of { $total }
site-progress-elapsed = { $time } so far
site-progress-left = about { $time } left
site-progress-stop = Stop
site-progress-refresh = Renew this page
site-progress-note = You can close this page. The work goes on, and this address shows where it stands.

# Pages that say why a request was not answered.
site-problem-not-found-title = Page not found
site-problem-not-found-text = There is nothing at this address. It may have been mistyped, or cut short in a message.
site-problem-gone-title = No longer here
site-problem-gone-text = What stood at this address has been removed.
site-problem-forbidden-title = Not for your role
site-problem-forbidden-text = Your account may not do this. Ask a coordinator if you think it should.
site-problem-stale-form-title = This form is out of date
site-problem-stale-form-text = You signed in or out after the form was opened, or it came from another site. Go back, reload the page and send it again.
site-problem-bad-form-title = The form could not be read
site-problem-bad-form-text = Part of what was sent is missing or damaged. Go back and send it again.
site-problem-bad-query-title = This address could not be read
site-problem-bad-query-text = The part after the question mark is damaged. Remove it and try again.
site-problem-bad-request-title = The request could not be read
site-problem-bad-request-text = Go back and try again.
site-problem-method-title = This address works differently
site-problem-method-text = Nothing was changed. Go back and use the button on the page.
site-problem-too-large-title = Too large
site-problem-too-large-text = What you sent is larger than we accept. Nothing was saved.
site-problem-too-many-title = Too many tries
site-problem-too-many-text = Please wait a few minutes and try again. Nothing was lost on our side.
site-problem-unexpected-title = Something went wrong on our side
site-problem-unexpected-text = Nothing you sent was shown to anyone. Try again in a minute; if it happens again, tell us the number below.
site-problem-number = Number of this request

# Between a word and what it introduces, and between the parts of a line. The quoted spaces are kept as they are.
site-colon = :{" "}
site-full-stop = .{" "}
site-comma = ,{" "}
site-semicolon = ;{" "}
site-deadline-extended = The deadline was extended on { $when }. Before that it was:
