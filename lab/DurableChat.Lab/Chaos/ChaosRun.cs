using DurableChat.Lab.Chaos.Checking;
using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Mock;

namespace DurableChat.Lab.Chaos;

/// <summary>
/// One run of one seed: clients and followers work while faults are injected; then all faults end, every chat is
/// brought to rest, and what was recorded is checked.
/// </summary>
internal sealed class ChaosRun(ChaosOptions options, IChaosWorld world)
{
    private static readonly TimeSpan _restPatience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan _agreePatience = TimeSpan.FromSeconds(60);
    private const int MaxErrors = 12;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);
    private readonly List<FaultWindow> _faults = [];
    private readonly ViolationLog _streamViolations = new();

    public async Task<ChaosResult> RunAsync(CancellationToken cancellationToken)
    {
        var context = new ChaosContext(options, world);
        var plan = new ChaosPlan(options);
        var progress = new ChaosProgress(plan.Faults);
        var sender = new ActionSender(context);
        var followers = new List<ChaosFollower>();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var metronome = new Metronome(context);
        var beating = metronome.RunAsync(ending.Token);
        try
        {
            var injecting = InjectAsync(context, plan, progress, ending.Token);
            var working = Task.WhenAll(plan.Clients.Select(
                (steps, number) => new ChaosClient(number, context, progress, sender, steps).RunAsync(ending.Token)));
            var chats = new List<string>();
            for (var slot = 0; slot < options.Chats; slot++)
            {
                if (await context.WaitForChatAsync(slot, ending.Token) is { } chat)
                {
                    chats.Add(chat);
                    AddFollowers(followers, chat, slot, context, plan);
                }
            }

            if (await Task.WhenAny(working, injecting) == injecting)
            {
                // The clients would wait for ever for a fault that cannot come.
                await injecting;
            }

            await working;
            progress.End();
            await injecting;

            var settler = new ChatSettler(context, sender, _restPatience);
            var stuck = await Task.WhenAll(
                chats.Select((chat, slot) => settler.SettleAsync(chat, slot, cancellationToken)));
            followers.ForEach(follower => follower.CalmDown());
            var recorded = new List<RecordedChat>();
            for (var slot = 0; slot < chats.Count; slot++)
            {
                recorded.Add(await RecordAsync(context, chats[slot], slot, stuck[slot], followers, cancellationToken));
            }

            var worked = await AddWorkAsync(context, recorded, metronome, cancellationToken);
            return await JudgeAsync(context, await AddUsageAsync(worked, cancellationToken), cancellationToken);
        }
        finally
        {
            await ending.CancelAsync();
            await beating;
            await Task.WhenAll(followers.Select(follower => follower.DisposeAsync().AsTask()));
        }
    }

    /// <summary>One that stays until it is cut by a fault, one that is cut and slow again and again.</summary>
    private void AddFollowers(
        List<ChaosFollower> followers,
        string chat,
        int slot,
        ChaosContext context,
        ChaosPlan plan)
    {
        var steady = Enumerable.Range(slot, int.MaxValue - slot)
            .Select(at => new PlannedConnection(at % options.Replicas, null, 0));
        followers.Add(new ChaosFollower($"steady {slot}", chat, context, steady, _streamViolations));
        followers.Add(new ChaosFollower($"restless {slot}", chat, context, plan.Connections(slot), _streamViolations));
        followers[^1].Start();
        followers[^2].Start();
    }

    private async Task InjectAsync(
        ChaosContext context,
        ChaosPlan plan,
        ChaosProgress progress,
        CancellationToken cancellationToken)
    {
        for (var i = 0; i < plan.Faults.Count; i++)
        {
            await progress.WaitForFaultAsync(i, cancellationToken);
            var fault = plan.Faults[i];
            var began = context.Seconds;
            var injecting = world.InjectAsync(fault, cancellationToken);
            progress.FaultBegun(i);
            await injecting;
            _faults.Add(new FaultWindow(fault.Kind, began, context.Seconds, fault.Kind is ChaosFault.Kill
                or ChaosFault.Pause
                or ChaosFault.Upgrade ? fault.Victim : -1)
            { IsolatesReplicas = world.Isolates(fault.Kind) });
        }
    }

    /// <summary>Gives each chat the work that was done for it: no two messages begin with the same word.</summary>
    private async Task<List<RecordedChat>> AddWorkAsync(
        ChaosContext context,
        List<RecordedChat> recorded,
        Metronome metronome,
        CancellationToken cancellationToken)
    {
        var work = (await world.ReadWorkAsync(context.Origin, cancellationToken)).ToLookup(record => record.Question);
        var circumstances = new Circumstances
        {
            Faults = _faults,
            Lulls = metronome.Lulls,
            Ended = context.Seconds,
            Limits = world.Limits,
            IsUsageCounted = world.IsUsageCounted,
            PreviousAloneUntil = options.Previous is null
                ? 0
                : _faults.Find(fault => fault.Kind == ChaosFault.Upgrade)?.Began ?? context.Seconds,
        };
        return
        [
            .. recorded.Select(chat => chat with
            {
                Circumstances = circumstances,
                Work = [.. chat.Actions.Where(action => action.Action.BringsText)
                    .Select(action => WorkJournal.FirstWord(action.Action.Content!))
                    .Distinct()
                    .SelectMany(word => work[word])],
            }),
        ];
    }

    /// <summary>
    /// What a replica has spent whose turn was taken from it, it may say later than anything else: chats that lack
    /// something are read again for a while.
    /// </summary>
    private async Task<List<RecordedChat>> AddUsageAsync(
        List<RecordedChat> recorded, CancellationToken cancellationToken)
    {
        var began = world.Time.GetTimestamp();
        for (var slot = 0; slot < recorded.Count; slot++)
        {
            while (LacksUsage(recorded[slot]) && world.Time.GetElapsedTime(began) < _agreePatience)
            {
                await Task.Delay(_pause, world.Time, cancellationToken);
                var (chat, replica) = (recorded[slot], slot % options.Replicas);
                if (await TryAsync(() => world.ReadAsync(replica, chat.Id, cancellationToken)) is { } view)
                {
                    recorded[slot] = chat with { Final = chat.Final with { Usage = view.Usage } };
                }
            }
        }

        return recorded;
    }

    /// <summary>
    /// What is wrong with the owner's usage; null if it is the sum of the chats'. What is counted between two reads
    /// shows in the next ones.
    /// </summary>
    private async Task<string?> FindOwnersFaultAsync(List<RecordedChat> recorded, CancellationToken cancellationToken)
    {
        for (var began = world.Time.GetTimestamp(); ; await Task.Delay(_pause, world.Time, cancellationToken))
        {
            var views = await Task.WhenAll(
                recorded.Select(chat => TryAsync(() => world.ReadAsync(0, chat.Id, cancellationToken))));
            var chats = Cost.Sum(views.Select(view => view?.Usage ?? default));
            var owner = await world.ReadOwnerUsageAsync(0, cancellationToken);
            if (owner == chats || world.Time.GetElapsedTime(began) > _agreePatience)
            {
                return owner == chats ? null : $"The owner's usage says {owner}, but the chats' sums are {chats}.";
            }
        }
    }

    private static bool LacksUsage(RecordedChat chat) =>
        ChaosChecker.Check(chat).Any(violation => violation.Kind == ViolationKind.Miscounted);

    private async Task<RecordedChat> RecordAsync(
        ChaosContext context,
        string chat,
        int slot,
        string? stuck,
        IReadOnlyList<ChaosFollower> followers,
        CancellationToken cancellationToken)
    {
        var began = world.Time.GetTimestamp();
        var own = followers.Where(follower => follower.Chat == chat).ToList();
        while (true)
        {
            var views = await Task.WhenAll(Enumerable.Range(0, options.Replicas)
                .Select(replica => TryAsync(() => world.ReadAsync(replica, chat, cancellationToken))));
            var final = views[slot % views.Length];
            var isAgreed = final is not null && views.All(view => view is not null && view.Version == final.Version);
            var isDelivered = final is not null && own.TrueForAll(follower => follower.LastId == final.LastMessageId);
            var isLate = world.Time.GetElapsedTime(began) > _agreePatience;
            if ((isAgreed && isDelivered) || isLate)
            {
                var stored = await TryAsync(
                    () => world.ReadHistoryAsync(slot % options.Replicas, chat, cancellationToken));
                var trouble = final is null || stored is null ? "It cannot be read after the faults."
                    : !isAgreed
                        ? $"The replicas do not agree: "
                            + $"{string.Join("; ", views.Select(view => view?.ToString() ?? "no answer"))}"
                    : stuck;
                return new RecordedChat(
                    chat,
                    [.. context.Actions.Where(action => (action.Action.Kind == ActionKind.Create
                        ? action.Reply?.Chat
                        : action.Action.Chat) == chat).OrderBy(action => action.Started)],
                    [.. own.Select(follower => follower.Record(isWhole: true))],
                    stored ?? [],
                    final ?? new ChatView("unknown", false, 0, 0, [], [], null),
                    trouble,
                    options.ModelErrors > 0 || options.Faults.Count > 0);
            }

            await Task.Delay(_pause, world.Time, cancellationToken);
        }
    }

    private async Task<ChaosResult> JudgeAsync(
        ChaosContext context,
        List<RecordedChat> recorded,
        CancellationToken cancellationToken)
    {
        var violations = new List<Violation>(_streamViolations.First);
        violations.AddRange(recorded.SelectMany(ChaosChecker.Check));
        violations.AddRange((await world.FindBadHistoriesAsync(cancellationToken)).Select(bad => new Violation(
            ViolationKind.InvalidHistory,
            "",
            "",
            "",
            $"The model was given a history that no provider takes: {bad}",
            [])));
        if (world.FindDeath() is { } death)
        {
            violations.Add(new Violation(ViolationKind.Stuck, "", "", "", death, []));
        }

        if (context.ServerErrors is { Count: > 0 } errors)
        {
            violations.Add(new Violation(
                ViolationKind.ServerError,
                "",
                "",
                "",
                $"{errors.Count} requests were answered with an error that is not documented.",
                [.. errors.Take(MaxErrors)]));
        }

        if (world.IsUsageCounted && await FindOwnersFaultAsync(recorded, cancellationToken) is { } fault)
        {
            violations.Add(new Violation(ViolationKind.Miscounted, "", "", "", fault, []));
        }

        if (recorded.Count < options.Chats)
        {
            violations.Add(
                new Violation(
                    ViolationKind.Stuck,
                    "",
                    "",
                    "",
                    $"Only {recorded.Count} of {options.Chats} chats could be created.",
                    [.. context.Actions.Where(action => action.Action.Kind == ActionKind.Create)
                        .Select(action => action.ToString())]));
        }

        var acknowledged = context.Actions.Where(action => action.IsAcknowledged).ToList();
        var streams = recorded.SelectMany(chat => chat.Streams).SelectMany(stream => stream.Entries).ToList();
        return new ChaosResult(
            options.Seed,
            acknowledged.Count,
            context.Actions.Count(action => action.Outcome == ActionOutcome.Refused),
            context.Actions.Count(action => action.Outcome == ActionOutcome.Unsure),
            streams.Count(entry => entry.Event is not null),
            streams.Count(entry => entry.Event is null),
            Longest(acknowledged),
            Math.Round(context.Seconds, 1),
            [
                .. _faults.GroupBy(fault => fault.Kind).Select(kind => Summarise(
                    kind.Key,
                    kind.Count(),
                    [.. acknowledged.Where(action => kind.Any(fault => fault.Touches(action)))])),
                Summarise(null, 0, [.. acknowledged.Where(action => !_faults.Exists(fault => fault.Touches(action)))]),
            ],
            violations,
            DriverFigures.Of(recorded, world.Limits),
            UsageFigures.Of(recorded));
    }

    private static FaultSummary Summarise(ChaosFault? kind, int injected, List<ActionRecord> acknowledged) =>
        new(kind, injected, acknowledged.Count, Longest(acknowledged));

    private static double Longest(List<ActionRecord> actions) =>
        actions.Count == 0 ? 0 : Math.Round(actions.Max(action => action.Seconds), 2);

    private static async Task<T?> TryAsync<T>(Func<Task<T>> read)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return null;
        }
    }
}
