using System.Diagnostics.Metrics;

namespace DurableChat.Diagnostics;

/// <summary>The meter of all instruments.</summary>
public static class DurableChatMeter
{
    /// <summary>The name to register with OpenTelemetry.</summary>
    public const string Name = "DurableChat";

    /// <summary>Bucket bounds for times from 0.1 ms to 10 s, in seconds.</summary>
    internal static readonly double[] ShortTimes =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>Bucket bounds for times from 10 ms to 10 min, in seconds.</summary>
    internal static readonly double[] LongTimes = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

    /// <summary>Creates the meter with a factory, or without one if it is null.</summary>
    internal static Meter Create(IMeterFactory? meters) => meters?.Create(Name) ?? new Meter(Name);
}
