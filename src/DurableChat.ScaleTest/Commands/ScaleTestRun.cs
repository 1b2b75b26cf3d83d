using System.Runtime.InteropServices;
using System.Text.Json;
using DurableChat.ScaleTest.Faults;
using DurableChat.ScaleTest.Measuring;
using DurableChat.ScaleTest.Reporting;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Scenarios;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.ScaleTest.Commands;

/// <summary>One run from the start of the processes to the report.</summary>
internal static class ScaleTestRun
{
    /// <summary>Everything went well.</summary>
    public const int Clean = 0;

    /// <summary>A promise was broken, or a turn failed.</summary>
    public const int Violated = 1;

    /// <summary>The test could not run.</summary>
    public const int NotRun = 2;

    /// <summary>Ctrl-C, as shells have it: 128 and the signal's number.</summary>
    public const int Interrupted = 130;

    public static async Task<int> RunAsync(ScaleTestOptions options, TimeProvider time)
    {
        using var stopping = new CancellationTokenSource();
        using var interrupt = Handle(PosixSignal.SIGINT);
        using var terminate = Handle(PosixSignal.SIGTERM);

        // The processes are in sessions of their own, so a terminal that is closed ends this one alone.
        using var hangUp = Handle(PosixSignal.SIGHUP);
        using var quit = Handle(PosixSignal.SIGQUIT);
        try
        {
            CheckWritable(options.JsonFile);
            CheckWritable(options.HtmlFile);
            Console.WriteLine(options.Bed.Urls.Count > 0
                ? $"Driving {string.Join(", ", options.Bed.Urls)}"
                : $"Starting the mock model, {options.Bed.Replicas} server(s) and a {options.Bed.StoreKind} store");
            await using var bed = await TestBed.StartAsync(options.Bed, options.Load, stopping.Token);
            using var api = new ChatApi(options.Bed.Token ?? bed.OperatorToken, time);
            var report = await MeasureAsync(options, bed, api, time, stopping.Token);
            return await PublishAsync(report, options);
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (Exception exception) when (exception is StartFailedException or HttpRequestException
            or CommandFailedException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"durablechat: {exception.Message}");
            return NotRun;
        }

        PosixSignalRegistration Handle(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stopping.Cancel();
        });
    }

    private static async Task<ScaleReport> MeasureAsync(
        ScaleTestOptions options,
        TestBed bed,
        ChatApi api,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var startedAt = time.GetUtcNow();
        var load = new Load(options.Load, bed.Replicas, api, time);
        load.Drivers = [.. Enumerable.Range(0, options.Load.Chats).Select(number => new ChatDriver(load, number))];
        load.OwnerTokens = bed.OwnerTokens;
        load.ServerBytes = () => ProcessUsage.Of(bed.ServerIds).Bytes;
        await using var leaving = new Leaving(load.Drivers);
        var mockIds = bed.MockId is { } mock ? new[] { mock } : [];
        var mockBefore = ProcessUsage.Of(mockIds).CpuSeconds;
        var databaseBefore = bed.DatabaseId is { } before ? ProcessUsage.TreeCpuSeconds(before) : 0;
        await using var sampler = new Sampler(load, bed);
        await sampler.StartAsync(cancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var dying = EndWithProcessesAsync(load, bed, ending);
        var injector = new FaultInjector(load, bed, options.Bed, options.Faults);
        using var calm = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        var injecting = injector.RunAsync(time.GetTimestamp(), calm.Token);
        var run = RunScenarioAsync(load, ending.Token);
        await LiveProgress.ShowAsync(load, sampler, run);
        var isInterrupted = await run;
        await calm.CancelAsync();
        load.Phase = "ending the last fault";
        await injecting;

        // Before the checks, which read the histories through the servers that are measured.
        await sampler.StopAsync();
        var mockCpu = bed.MockId is null ? (double?)null : ProcessUsage.Of(mockIds).CpuSeconds - mockBefore;
        var databaseCpu = bed.DatabaseId is { } database
            ? ProcessUsage.TreeCpuSeconds(database) - databaseBefore
            : (double?)null;
        if (!isInterrupted)
        {
            load.Phase = "checking";
            isInterrupted = await CheckAsync(load, time, ending.Token);
        }

        await ending.CancelAsync();
        await dying;

        var report = ReportBuilder.Build(
            load,
            options.Bed,
            sampler,
            mockCpu,
            databaseCpu,
            await ReadMockAsync(bed, api),
            startedAt,
            isInterrupted);
        return report with { Faults = injector.Records };
    }

    /// <summary>Without one of its processes the run would only wait for what cannot come.</summary>
    private static async Task EndWithProcessesAsync(Load load, TestBed bed, CancellationTokenSource run)
    {
        try
        {
            var death = await bed.WaitForDeathAsync(run.Token);
            load.Counters.Failure(death);
            await run.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The run has ended before they did.
        }
    }

    /// <summary>Checks all chats; true if that was interrupted.</summary>
    private static async Task<bool> CheckAsync(Load load, TimeProvider time, CancellationToken cancellationToken)
    {
        var quietUntil = time.GetUtcNow() + load.Options.QuietTime;
        try
        {
            await Parallel.ForEachAsync(load.Drivers, cancellationToken, async (driver, cancelled) =>
            {
                try
                {
                    await driver.CheckAsync(quietUntil, cancelled);
                }
                catch (HttpRequestException exception)
                {
                    load.Counters.Failure($"Chat {driver.Chat} could not be checked: {exception.Message}");
                }
            });
            return false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return true;
        }
    }

    private static async Task<JsonElement?> ReadMockAsync(TestBed bed, ChatApi api)
    {
        try
        {
            return bed.Mock is { } url ? await api.MockStatisticsAsync(url, CancellationToken.None) : null;
        }
        catch (HttpRequestException)
        {
            // It has ended; the rest of the report is worth having.
            return null;
        }
    }

    /// <summary>Runs the scenario; true if it was interrupted.</summary>
    private static async Task<bool> RunScenarioAsync(Load load, CancellationToken cancellationToken)
    {
        try
        {
            await Scenario.Find(load.Options.Scenario).RunAsync(load, cancellationToken);
            load.Phase = "quiescing";
            await Task.WhenAll(load.Drivers.Select(driver => driver.QuiesceAsync(cancellationToken)));
            return false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return true;
        }
    }

    private static async Task<int> PublishAsync(ScaleReport report, ScaleTestOptions options)
    {
        Tables.Print(Tables.One(report));
        if (report.Marks is [_, ..] marks)
        {
            Tables.Print(Tables.Of(marks));
        }

        foreach (var violation in report.Violations)
        {
            Console.WriteLine(violation);
        }

        foreach (var failure in report.Failures)
        {
            Console.WriteLine(failure);
        }

        if (report.TimedOutChats is [_, ..] late)
        {
            Console.WriteLine($"Turns that did not end in time:{string.Concat(late.Select(line => $"\n    {line}"))}");
        }

        if (options.JsonFile is { } json)
        {
            await File.WriteAllTextAsync(json, JsonSerializer.Serialize(report, ScaleReport.Json) + "\n");
            Console.WriteLine($"Report: {json}");
        }

        if (options.HtmlFile is { } html)
        {
            await File.WriteAllTextAsync(html, HtmlReport.Render(report));
            Console.WriteLine($"Page: {html}");
        }

        return report.Delivery.Violations > 0 || report.Turns.Failed > 0 || report.Failures.Count > 0 ? Violated
            : report.Interrupted ? Interrupted
            : Clean;
    }

    /// <summary>A report that cannot be written should be known before the run, not after it.</summary>
    private static void CheckWritable(string? file)
    {
        if (file is not null)
        {
            var isNew = !File.Exists(file);
            using (File.Open(file, FileMode.OpenOrCreate, FileAccess.Write))
            {
            }

            if (isNew)
            {
                // A run that cannot start must not leave an empty report.
                File.Delete(file);
            }
        }
    }

    /// <summary>Lets all subscribers go, however the checks end.</summary>
    private sealed class Leaving(IReadOnlyList<ChatDriver> drivers) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() =>
            await Task.WhenAll(drivers.Select(driver => driver.DisposeAsync().AsTask()));
    }
}
