# The desk's first page.

publishing-today-days = Days left: { $count }
publishing-today-what = What
publishing-today-count = How many
publishing-today-waits = What waits
publishing-today-late = What is late
publishing-today-moved = What moved in the last 30 days
publishing-today-moved-none = No position moved.
publishing-today-replies = Answers in the last 30 days
publishing-today-replies-none = No answer was recorded.
publishing-today-vetting = Signatures to vet
publishing-today-corrections = Corrections of names
publishing-today-proposals = Evidence proposed by answers
publishing-today-blocked = Letters that a check stopped
publishing-today-approval = Rounds waiting for approval
publishing-today-release = Rounds waiting for release
publishing-today-failed = Failed work
publishing-today-late-vetting = Signatures waiting for more than 3 days
publishing-today-late-proposals = Proposals waiting for more than 7 days
publishing-today-late-rounds = Rounds not sent though their event has begun
publishing-today-bounced = Letters that came back
publishing-today-late-work = Work that is due and not begun
publishing-reply-acknowledgement = acknowledgement
publishing-reply-supportive = supportive
publishing-reply-non_committal = non-committal
publishing-reply-negative = negative
publishing-reply-referred = referred
