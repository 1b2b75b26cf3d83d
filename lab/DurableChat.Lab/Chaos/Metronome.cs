namespace DurableChat.Lab.Chaos;

/// <summary>
/// Beats steadily by the world's clock, and remembers when the machine was too busy to let it: nothing in this process
/// can have gone on in time then either.
/// </summary>
internal sealed class Metronome(ChaosContext context)
{
    private static readonly TimeSpan _beat = TimeSpan.FromMilliseconds(250);
    private const double Tolerance = 0.75;
    private readonly List<(double From, double To)> _lulls = [];

    /// <summary>When it was late: from and until, in seconds since the run began.</summary>
    public IReadOnlyList<(double From, double To)> Lulls
    {
        get
        {
            lock (_lulls)
            {
                return [.. _lulls];
            }
        }
    }

    /// <summary>Beats until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var before = context.Seconds;
            await Task.Delay(_beat, context.World.Time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = context.Seconds;
            if (now - before > _beat.TotalSeconds + Tolerance)
            {
                lock (_lulls)
                {
                    _lulls.Add((before, now));
                }
            }
        }
    }
}
