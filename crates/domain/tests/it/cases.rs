//! Cases: the machine, what a submission is proved with, who verifies, deadlines, timers, distribution. One file a matter.

mod assignments;
mod deadlines;
mod evidence;
mod machine;
mod oracle;
mod stops;
mod timers;
mod verification;
