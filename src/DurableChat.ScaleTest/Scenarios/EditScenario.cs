namespace DurableChat.ScaleTest.Scenarios;

/// <summary>
/// Of ten turns about five are new messages, three edit an earlier message when the chat is quiet, and two edit one in
/// mid-answer.
/// </summary>
internal sealed class EditScenario : IScenario
{
    public async Task RunAsync(Load load, CancellationToken cancellationToken)
    {
        await Steps.CreateAllAsync(load, cancellationToken);
        load.Phase = "follow-ups and edits";
        await Task.WhenAll(load.Drivers.Select(driver => Steps.DriveAsync(driver, async () =>
        {
            for (var turn = 2; turn <= load.Options.Turns && !driver.HasGivenUp; turn++)
            {
                await Steps.PauseAsync(load, cancellationToken);
                switch (driver.Random(10))
                {
                    case < 5:
                        await driver.SendAsync(cancellationToken);
                        break;
                    case < 8:
                        await driver.EditAsync(driver.Random(driver.UserMessages), cancellationToken);
                        break;
                    default:
                        await driver.SendAsync(cancellationToken);
                        if (await driver.WaitForFirstPartAsync(cancellationToken))
                        {
                            driver.Abandon();
                            await driver.EditAsync(driver.Random(driver.UserMessages), cancellationToken);
                        }

                        break;
                }

                await driver.WaitAsync(cancellationToken);
            }
        })));
    }
}
