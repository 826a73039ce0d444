using System.Collections.Immutable;
using Pith.Core.Diagnostics;
using Pith.Studies.Pruning;
using Pith.Studies.Samplers;
using Pith.Studies.Spaces;
using Pith.Studies.Stores;
using Pith.Studies.Trials;

namespace Pith.Studies;

/// <summary>A search that remembers: trials are proposed by a sampler, evaluated by the caller, and kept in a store.</summary>
/// <remarks>Killed at any moment and opened again, it goes on and ends with the same trials: what a trial is depends on the definition, its
/// number and the trials finished before it; a trial that was running is evaluated again. Not thread-safe; evaluations may use threads.</remarks>
public sealed class Study : IDisposable
{
    // Keeps the numbers of an evaluation apart from those which made its assignment.
    private const long EvaluationStream = 0x65_76_61_6c;

    private readonly IStudyStore store;
    private readonly ISampler sampler;
    private readonly IPruner? pruner;
    private readonly List<Trial> trials;
    private readonly List<Trial> finished;
    private readonly HashSet<Assignment> known;
    private readonly HashSet<int> asked = [];
    private Trial? best;

    private Study(IStudyStore store, StudySnapshot snapshot, ISampler sampler, IPruner? pruner)
    {
        this.store = store;
        this.sampler = sampler;
        this.pruner = pruner;
        Definition = snapshot.Definition;
        Origin = snapshot.Origin;
        trials = [.. snapshot.Trials];
        finished = [.. trials.Where(trial => trial.IsFinished)];
        known = [.. trials.Select(trial => trial.Assignment)];
        best = snapshot.Best;
    }

    /// <summary>What the study is.</summary>
    public StudyDefinition Definition { get; }

    /// <summary>How it was made first; null if that is unknown.</summary>
    public StudyOrigin? Origin { get; }

    /// <summary>Every trial, in order of the numbers.</summary>
    public IReadOnlyList<Trial> Trials => trials;

    /// <summary>The trials that are done, failed or pruned, in order of the numbers.</summary>
    public IReadOnlyList<Trial> Finished => finished;

    /// <summary>The study as it stands.</summary>
    public StudySnapshot Snapshot => new(Definition, Origin, [.. trials]);

    /// <summary>Opens a study, or makes it where the store is empty.</summary>
    /// <param name="store">Where it is kept, opened for writing. The study disposes of it, also when it cannot be opened.</param>
    /// <param name="definition">What it is.</param>
    /// <param name="sampler">Proposes trials.</param>
    /// <param name="pruner">Ends hopeless trials early; none if null.</param>
    /// <param name="origin">How it is being made, kept when it is new.</param>
    /// <exception cref="PithException">The store holds another study (<see cref="StudyErrors.OtherStudy"/>: the message says what differs),
    /// or a damaged one (<see cref="StudyErrors.Damaged"/>), or it cannot be written.</exception>
    public static Study Open(
        IStudyStore store, StudyDefinition definition, ISampler sampler, IPruner? pruner = null, StudyOrigin? origin = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentOutOfRangeException.ThrowIfZero(definition.Objectives.Count, nameof(definition));
        var wanted = definition with { Sampler = sampler.Description, Pruner = pruner?.Description ?? "none" };
        try
        {
            if (store.ReadHeader() is null)
                store.Create(new StudyHeader(DefinitionJson.Write(wanted), origin?.ToJson() ?? ""));
            var snapshot = StudySnapshot.Read(store);
            return wanted.Identity == snapshot.Definition.Identity
                ? new Study(store, snapshot, sampler, pruner)
                : throw new PithException(StudyErrors.OtherStudy, $"{store.Location}: {string.Join("; ", wanted.DifferencesFrom(snapshot.Definition))}");
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Makes trials until the study has as many as wanted.</summary>
    /// <param name="count">Finished trials wanted in all, those of earlier runs included.</param>
    /// <param name="evaluate">Evaluates one. Its exceptions end the run; the trial is then evaluated again by the next one.</param>
    /// <param name="progress">Told after every trial, and once at the beginning.</param>
    /// <param name="cancellation">Stops between trials, and within if the evaluation looks at it.</param>
    public void Run(
        int count, Func<RunningTrial, CancellationToken, TrialResult> evaluate, IProgress<StudyProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(evaluate);
        progress?.Report(new StudyProgress(finished.Count, count, best));
        while (finished.Count < count)
        {
            cancellation.ThrowIfCancellationRequested();
            var trial = Ask();
            Tell(trial, Evaluate(trial));
            progress?.Report(new StudyProgress(finished.Count, count, best));
        }

        TrialResult Evaluate(RunningTrial trial)
        {
            try
            {
                return evaluate(trial, cancellation);
            }
            catch
            {
                asked.Remove(trial.Number);
                throw;
            }
        }
    }

    /// <summary>Queues assignments before anything the sampler proposes. What the study has already is left out, so that a command which is run
    /// again queues nothing twice.</summary>
    public void Enqueue(params IReadOnlyList<Assignment> assignments)
    {
        var added = assignments.Where(assignment => !known.Contains(assignment)).Distinct()
            .Select((assignment, i) => new Trial(trials.Count + i, assignment))
            .ToList();
        if (added.Count == 0)
            return;
        store.Append([.. added.Select(Queued)]);
        trials.AddRange(added);
        known.UnionWith(added.Select(trial => trial.Assignment));
    }

    /// <summary>Starts the next trial: one that was interrupted, else one that is queued, else one that the sampler proposes.</summary>
    public RunningTrial Ask()
    {
        var trial = trials.Find(trial => !trial.IsFinished && !asked.Contains(trial.Number));
        if (trial is not null)
        {
            store.Append(Started(trial));
        }
        else
        {
            trial = new Trial(trials.Count, sampler.Suggest(Definition.Space, Definition.Objectives, finished, new TrialRandom(Definition.Seed, trials.Count)));
            store.Append(Queued(trial), Started(trial));
            trials.Add(trial);
            known.Add(trial.Assignment);
        }

        trials[trial.Number] = trial with { State = TrialState.Running, Intermediates = [] };
        asked.Add(trial.Number);
        var random = new TrialRandom(unchecked(Definition.Seed ^ EvaluationStream), trial.Number);
        return new RunningTrial(trial.Number, trial.Assignment, random, value => Report(trial.Number, value));
    }

    /// <summary>Ends a trial that was started.</summary>
    /// <exception cref="ArgumentException">The trial is not running, or the number of its objectives is not that of the study.</exception>
    public void Tell(RunningTrial trial, TrialResult result)
    {
        ArgumentNullException.ThrowIfNull(trial);
        ArgumentNullException.ThrowIfNull(result);
        if (!asked.Contains(trial.Number) || trials[trial.Number].IsFinished)
            throw new ArgumentException($"Trial {trial.Number} is not running.", nameof(trial));
        if (result.State == TrialState.Done && result.Objectives.Length != Definition.Objectives.Count)
            throw new ArgumentException($"The study has {Definition.Objectives.Count} objectives, not {result.Objectives.Length}.", nameof(result));
        store.Append(EventBody.OfResult(trial.Number, result));
        var ended = trials[trial.Number] with
        {
            State = result.State, Objectives = result.Objectives, ColumnsJson = result.ColumnsJson, Reason = result.Reason,
        };
        trials[trial.Number] = ended;
        finished.Insert(~finished.BinarySearch(ended, Comparer<Trial>.Create((a, b) => a.Number.CompareTo(b.Number))), ended);
        if (best is null || Ranking.BestFirst([best, ended], [Definition.Objectives[0]])[0] == ended)
            best = ended.State == TrialState.Done ? ended : best;
    }

    /// <summary>Closes the store.</summary>
    public void Dispose() => store.Dispose();

    private static StudyEvent Queued(Trial trial) => new(trial.Number, StudyEventKind.Queued, EventBody.OfAssignment(trial.Assignment));

    private static StudyEvent Started(Trial trial) => new(trial.Number, StudyEventKind.Started, "");

    private bool Report(int number, IntermediateValue value)
    {
        var trial = trials[number];
        store.Append(new StudyEvent(number, StudyEventKind.Reported, EventBody.OfIntermediate(value)));
        trial = trial with { Intermediates = trial.Intermediates.Add(value) };
        trials[number] = trial;
        return pruner?.IsHopeless(trial.Intermediates, finished, Definition.Objectives[0].Direction) ?? false;
    }
}
