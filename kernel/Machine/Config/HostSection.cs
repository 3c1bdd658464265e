// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>Reads the <c>[host]</c> section.</summary>
internal static class HostSection
{
    private const string Keys = "console, attach, on_all_stopped, share_cores";

    private const string AttachExample = "attach = \"web\"";

    public static HostConfig Read(ConfigErrors errors, TomlTable table)
    {
        var reader = new SectionReader(errors, table, "[host]");
        reader.CheckKeys(Keys);
        return new HostConfig
        {
            Console = (HostConsole)reader.ReadChoice("console", "com1, com2", (int)HostConsole.Com1),
            Attach = reader.FindText("attach", AttachExample)?.Value.Text ?? "",
            OnAllStopped = (AllStoppedAction)reader.ReadChoice(
                "on_all_stopped", "monitor, poweroff, reboot", (int)AllStoppedAction.Monitor),
            ShareCores = reader.ReadBoolean("share_cores", false, out _),
        };
    }

    /// <summary>The guest that the console is to show first is one of the file's.</summary>
    public static void CheckAttach(ConfigErrors errors, TomlTable table, VmConfig[] machines)
    {
        TomlEntry? entry = table.Find("attach");
        if (entry == null || entry.Value.Kind != TomlKind.String || machines.Length == 0)
        {
            return;
        }

        TextBuilder names = new();
        foreach (VmConfig machine in machines)
        {
            if (machine.Name == entry.Value.Text)
            {
                return;
            }

            // One that is missing, or there twice, is an error of its own.
            if (machine.Name.Length != 0 && !NearestName.Contains(names.ToString(), machine.Name))
            {
                _ = names.Append(names.Length == 0 ? "" : ", ").Append(machine.Name);
            }
        }

        if (names.Length == 0)
        {
            return;
        }

        string known = names.ToString();
        TextBuilder text = new TextBuilder().Append("no [[vm]] has this name");
        SectionReader.AppendGuess(text, entry.Value.Text, known, known);
        SectionReader.Report(errors, ConfigErrorKind.UnknownMachine, entry, text.ToString());
    }
}
