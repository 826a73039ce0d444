namespace Pith.Studies.Stores;

/// <summary>One line of a study's journal.</summary>
/// <param name="Trial">Number of the trial.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Body">The particulars, JSON; see <see cref="StudyEventKind"/>.</param>
public readonly record struct StudyEvent(int Trial, StudyEventKind Kind, string Body);
