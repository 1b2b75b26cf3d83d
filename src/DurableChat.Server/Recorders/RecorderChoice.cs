using DurableChat.Recorder.Options;
using DurableChat.Server.Configuration;
using DurableChat.Server.Stores;

namespace DurableChat.Server.Recorders;

/// <summary>The recorder that the command line, or otherwise the configuration, selects.</summary>
/// <param name="On">Its address.</param>
/// <param name="Secret">The secret for it.</param>
/// <param name="Folder">Its folder if the server starts it; null if it is started separately.</param>
internal sealed record RecorderChoice(ListenOn On, string Secret, RecorderFolder? Folder)
{
    private const string Auto = "auto";
    private const string AddressSetting = "DurableChat:Recorder:Address";
    private const string SecretSetting = "DurableChat:Recorder:Secret";

    /// <summary>
    /// Reads the choice; null for none. With <c>auto</c> it creates the recorder's folder and secret.
    /// </summary>
    /// <exception cref="ConfigurationException">The address or the secret is invalid.</exception>
    public static RecorderChoice? Read(ServeOptions options, IConfiguration configuration)
    {
        var settings = Settings.Read<RecorderSettings>(configuration, "DurableChat:Recorder") ?? new RecorderSettings();
        var address = options.Recorder ?? settings.Address;
        if (string.IsNullOrEmpty(address))
        {
            return null;
        }

        if (address == Auto)
        {
            var store = StoreChoice.Read(options.Data, options.Store, configuration);
            var folder = RecorderFolder.Beside(store.PostgreSql is null ? store.SqlitePath : "durablechat");
            return new RecorderChoice(Parse(folder.Address), folder.ReadSecret(), folder);
        }

        return settings.Secret is { Length: >= SharedSecret.MinLength } secret
            ? new RecorderChoice(Parse(address), secret, null)
            : throw new ConfigurationException(
                $"'{SecretSetting}' must have at least {SharedSecret.MinLength} characters: the recorder at {address} "
                + "has to be shown its secret.");
    }

    private static ListenOn Parse(string address)
    {
        try
        {
            return ListenOn.Parse(address);
        }
        catch (FormatException exception)
        {
            throw new ConfigurationException($"'{AddressSetting}' is wrong: {exception.Message}");
        }
    }

    /// <summary>Omits the secret, which a record would print.</summary>
    public override string ToString() => On.ToString();
}
