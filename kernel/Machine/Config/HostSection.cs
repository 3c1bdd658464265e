// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>Reads the <c>[host]</c> section.</summary>
internal static class HostSection
{
    private const string Keys = "console, on_all_stopped, share_cores";

    public static HostConfig Read(ConfigErrors errors, TomlTable table)
    {
        var reader = new SectionReader(errors, table, "[host]");
        reader.CheckKeys(Keys);
        return new HostConfig
        {
            Console = (HostConsole)reader.ReadChoice("console", "com1, com2", (int)HostConsole.Com1),
            OnAllStopped = (AllStoppedAction)reader.ReadChoice(
                "on_all_stopped", "monitor, poweroff, reboot", (int)AllStoppedAction.Monitor),
            ShareCores = reader.ReadBoolean("share_cores", false, out _),
        };
    }
}
