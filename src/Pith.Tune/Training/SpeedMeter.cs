namespace Pith.Tune.Training;

/// <summary>The speed of the last steps, at most 20.</summary>
internal sealed class SpeedMeter
{
    private const int Window = 20;
    private readonly Queue<(int Tokens, double Seconds)> _steps = new();

    /// <summary>Counts a step and gives tokens a second over the window.</summary>
    public double Add(int tokens, double seconds)
    {
        _steps.Enqueue((tokens, seconds));
        if (_steps.Count > Window) _steps.Dequeue();
        return _steps.Sum(step => (double)step.Tokens) / Math.Max(_steps.Sum(step => step.Seconds), 1e-9);
    }
}
