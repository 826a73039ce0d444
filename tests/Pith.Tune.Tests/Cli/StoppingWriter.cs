namespace Pith.Tune.Tests.Cli;

/// <summary>Cancels when a text is written.</summary>
internal sealed class StoppingWriter(string text, CancellationTokenSource stop) : StringWriter
{
    public override void Write(string? value)
    {
        base.Write(value);
        if (value?.Contains(text, StringComparison.Ordinal) == true) stop.Cancel();
    }
}
