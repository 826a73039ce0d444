using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Studies.Samplers;
using Pith.Studies.Stores;
using Pith.Studies.Trials;

namespace Pith.Studies;

/// <summary>A study as it stands at one moment.</summary>
/// <remarks>Immutable, hence thread-safe.</remarks>
/// <param name="Definition">What the study is.</param>
/// <param name="Origin">How it was made; null if that is unknown.</param>
/// <param name="Trials">Every trial, in order of the numbers.</param>
public sealed record StudySnapshot(StudyDefinition Definition, StudyOrigin? Origin, ImmutableArray<Trial> Trials)
{
    /// <summary>The done trial with the best first objective, the earliest of equals; null if none is done.</summary>
    public Trial? Best => Ranking.BestFirst(Trials, [Definition.Objectives[0]]) is [{ State: TrialState.Done } best, ..] ? best : null;

    /// <summary>The done trials which no other beats in every objective, ordered by the first objective.</summary>
    public IReadOnlyList<Trial> Front => Ranking.Front(Trials, Definition.Objectives);

    /// <summary>Reads a study.</summary>
    /// <param name="store">Where it is.</param>
    /// <exception cref="PithException">There is none (<see cref="StudyErrors.NotAStudy"/>) or it is damaged
    /// (<see cref="StudyErrors.Damaged"/>).</exception>
    public static StudySnapshot Read(IStudyStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        var header = store.ReadHeader()
            ?? throw new PithException(StudyErrors.NotAStudy, $"{store.Location}: expected a study, found a file in which none was made yet");
        var journal = store.ReadJournal();
        var entry = 0;
        try
        {
            var definition = DefinitionJson.Read(header.Definition);
            List<Trial> trials = [];
            foreach (var next in journal)
            {
                entry++;
                Apply(next, definition, trials);
            }

            return new StudySnapshot(definition, StudyOrigin.FromJson(header.Origin), [.. trials]);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException
            or KeyNotFoundException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            var where = entry == 0 ? "the definition" : string.Create(CultureInfo.InvariantCulture, $"entry {entry} of the journal");
            throw new PithException(StudyErrors.Damaged, $"{store.Location}: {where} makes no sense: {exception.Message}", inner: exception);
        }
    }

    private static void Apply(StudyEvent next, StudyDefinition definition, List<Trial> trials)
    {
        if (next.Kind == StudyEventKind.Queued)
        {
            if (next.Trial != trials.Count)
                throw new FormatException($"expected trial {trials.Count}, found {next.Trial}");
            trials.Add(new Trial(next.Trial, EventBody.ReadAssignment(definition.Space, next.Body)));
            return;
        }

        var trial = trials[next.Trial];
        if (trial.IsFinished)
            throw new FormatException($"trial {next.Trial} was finished already");
        trials[next.Trial] = next.Kind switch
        {
            StudyEventKind.Started => trial with { State = TrialState.Running, Intermediates = [] },
            StudyEventKind.Reported => trial with { Intermediates = trial.Intermediates.Add(EventBody.ReadIntermediate(next.Body)) },
            StudyEventKind.Done => EventBody.ReadResult(trial, TrialState.Done, next.Body),
            StudyEventKind.Failed => EventBody.ReadResult(trial, TrialState.Failed, next.Body),
            StudyEventKind.Pruned => EventBody.ReadResult(trial, TrialState.Pruned, next.Body),
            _ => throw new FormatException($"no event has the number {(int)next.Kind}"),
        };
    }
}
