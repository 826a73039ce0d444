namespace Pith.Studies.Stores;

/// <summary>What happened to a trial. The numbers are stored: they never change.</summary>
public enum StudyEventKind
{
    /// <summary>It was made; the body holds its values.</summary>
    Queued = 0,

    /// <summary>Its evaluation began, for the first time or again; the body is empty.</summary>
    Started = 1,

    /// <summary>It found something on its way; the body is <c>[step,value]</c>.</summary>
    Reported = 2,

    /// <summary>It has all its values; the body is <c>{"objectives":[…],"columns":{…}}</c>.</summary>
    Done = 3,

    /// <summary>It failed; the body is <c>{"reason":…,"columns":{…}}</c>.</summary>
    Failed = 4,

    /// <summary>It was given up; the body is <c>{"columns":{…}}</c>.</summary>
    Pruned = 5,
}
