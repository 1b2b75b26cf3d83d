namespace DurableChat.ScaleTest.Scenarios;

/// <summary>
/// A gate holds until every first turn has ended; then every follow-up starts at once, and each chat runs its turns
/// back to back.
/// </summary>
internal sealed class StormScenario : IScenario
{
    public async Task RunAsync(Load load, CancellationToken cancellationToken)
    {
        await Steps.CreateAllAsync(load, cancellationToken);
        load.Phase = "follow-ups";
        await Task.WhenAll(load.Drivers.Select(async driver =>
        {
            for (var turn = 2; turn <= load.Options.Turns; turn++)
            {
                await Steps.FollowUpAsync(load, driver, cancellationToken);
            }
        }));
    }
}
