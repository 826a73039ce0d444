using Pith.Cli.Frame;
using Pith.Core.Diagnostics;

namespace Pith.Cli.Tests.Frame;

public sealed class FailureTests
{
    private const int NoSpaceLeft = 28;

    public static TheoryData<Exception, string, ExitCode> Cases => new()
    {
        { new PithException(new ErrorCode("PITH1", "m", "h", ExitCode.Failed), "what"), "PITH1", ExitCode.Failed },
        { new AggregateException(new PithException(new ErrorCode("PITH1", "m", "h"), "what")), "PITH1", ExitCode.BadInput },
        { new OperationCanceledException(), "PITH9002", ExitCode.Cancelled },
        { new TaskCanceledException(), "PITH9002", ExitCode.Cancelled },
        { new FileNotFoundException("no", "a.txt"), "PITH9003", ExitCode.BadInput },
        { new DirectoryNotFoundException(), "PITH9003", ExitCode.BadInput },
        { new UnauthorizedAccessException(), "PITH9004", ExitCode.BadInput },
        { new IOException("No space left on device", NoSpaceLeft), "PITH9005", ExitCode.Failed },
        { new IOException("broken"), "PITH9006", ExitCode.Failed },
        { new InsufficientMemoryException(), "PITH9007", ExitCode.Failed },
        { new ArgumentOutOfRangeException("temperature", -1, "Expected at least 0."), "PITH9001", ExitCode.Usage },
        { new ArgumentNullException("x"), "PITH9999", ExitCode.Failed },
        { new InvalidOperationException("oops"), "PITH9999", ExitCode.Failed },
        { new DivideByZeroException(), "PITH9999", ExitCode.Failed },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void From_AnyException_HasCodeMessageHintAndExit(Exception exception, string code, ExitCode exit)
    {
        var failure = Failure.From(exception);

        Assert.Equal((code, exit), (failure.Code, failure.Exit));
        Assert.NotEmpty(failure.Message);
        Assert.NotEmpty(failure.Hint);
    }

    [Fact]
    public void From_ArgumentException_SaysOnlyWhatTheLibrarySaid()
    {
        Assert.Equal("Expected at least 0.", Failure.From(new ArgumentOutOfRangeException("temperature", -1, "Expected at least 0.")).Message);
    }

    [Fact]
    public void From_MissingFile_NamesIt()
    {
        Assert.Contains("a.txt", Failure.From(new FileNotFoundException("no", "a.txt")).Message, StringComparison.Ordinal);
    }
}
