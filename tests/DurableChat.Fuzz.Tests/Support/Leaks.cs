using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>Watches for what no case sees: errors of tasks that nobody awaits, and memory that stays.</summary>
internal sealed class Leaks : IDisposable
{
    private const long MostBytes = 256L * 1024 * 1024;

    private readonly List<Exception> _unobserved = [];

    public Leaks() => TaskScheduler.UnobservedTaskException += Note;

    public void AssertNone()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        lock (_unobserved)
        {
            Assert.Empty(_unobserved);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, MostBytes);
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Note;

    private void Note(object? sender, UnobservedTaskExceptionEventArgs error)
    {
        lock (_unobserved)
        {
            _unobserved.Add(error.Exception);
        }
    }
}
