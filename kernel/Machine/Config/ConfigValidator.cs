// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Machine.Config;

/// <summary>Turns the read file into a configuration and finds everything that is wrong with it.</summary>
internal sealed class ConfigValidator
{
    private const string SectionNames = "host, vm, switch";
    private const string Sections = "[host], [[vm]]";

    private readonly ConfigErrors _errors;
    private readonly ConfigEnvironment _environment;
    private ulong _startedMemory;

    public ConfigValidator(ConfigErrors errors, ConfigEnvironment environment)
    {
        _errors = errors;
        _environment = environment;
    }

    /// <summary>What the file says, as far as no error was found.</summary>
    public MachineConfig Validate(TomlTable root)
    {
        for (TomlEntry? entry = root.First; entry != null; entry = entry.Next)
        {
            CheckSection(entry);
        }

        var host = new HostConfig();
        TomlTable? hostTable = root.Find("host") is { } hostEntry ? SectionOf(hostEntry) : null;
        if (hostTable != null)
        {
            host = HostSection.Read(_errors, hostTable);
        }

        VmConfig[] machines = ReadMachines(root, host);
        if (hostTable != null)
        {
            HostSection.CheckAttach(_errors, hostTable, machines);
        }

        return new MachineConfig(host, machines);
    }

    private void CheckSection(TomlEntry entry)
    {
        switch (entry.Key)
        {
            case "host":
                if (entry.Value.Kind == TomlKind.Sections)
                {
                    Report(ConfigErrorKind.SectionIsArray, entry, "there is only one host; write [host], once");
                }

                RequireSection(entry);
                break;
            case "vm":
                if (entry.Value.Kind == TomlKind.Table)
                {
                    Report(ConfigErrorKind.SectionIsNotArray, entry, "write [[vm]]: there can be several");
                }

                RequireSection(entry);
                break;
            case "switch":
                const string Later = "networks come in a later version; leave the section out";
                for (TomlValue? item = entry.Value.FirstItem; item != null; item = item.Next)
                {
                    _errors.Add(ConfigErrorKind.LaterSwitch, item.Line, 0, item.Source + ": " + Later);
                }

                if (entry.Value.FirstItem == null)
                {
                    Report(ConfigErrorKind.LaterSwitch, entry, Later);
                }

                break;
            default:
                ReportUnknown(entry);
                break;
        }
    }

    private void ReportUnknown(TomlEntry entry)
    {
        bool isSection = entry.Value.Kind is TomlKind.Table or TomlKind.Sections;
        TextBuilder text = new TextBuilder().Append(isSection ? "unknown section" : "unknown key outside of a section");
        SectionReader.AppendGuess(text, entry.Key, SectionNames, Sections);
        Report(isSection ? ConfigErrorKind.UnknownSection : ConfigErrorKind.UnknownKey, entry, text.ToString());
    }

    private void RequireSection(TomlEntry entry)
    {
        if (SectionOf(entry) == null)
        {
            string header = entry.Key == "vm" ? "[[vm]]" : "[host]";
            string text = "a section is expected; write " + header + " on a line of its own";
            Report(ConfigErrorKind.WrongType, entry, text);
        }
    }

    /// <summary>The (first) table of a section; null where the entry is something else.</summary>
    private static TomlTable? SectionOf(TomlEntry entry) =>
        entry.Value.Kind == TomlKind.Sections ? entry.Value.FirstItem!.Table : entry.Value.Table;

    private VmConfig[] ReadMachines(TomlTable root, HostConfig host)
    {
        TomlEntry? entry = root.Find("vm");
        if (entry == null)
        {
            if (!root.IsDamaged)
            {
                _errors.Add(ConfigErrorKind.NoVirtualMachine, 1, 0, "no [[vm]] section: there is nothing to run");
            }

            return new VmConfig[0];
        }

        var plan = new ProcessorPlan(_errors, _environment.FirstThreads, host.ShareCores);
        TomlTable? single = entry.Value.Table;
        if (single != null)
        {
            VmConfig machine = new VmSection(_errors, single, _environment).Read();
            plan.Add(machine, single);
            plan.Finish();
            return new[] { machine };
        }

        var machines = new VmConfig[entry.Value.Kind == TomlKind.Sections ? entry.Value.Count : 0];
        int count = 0;
        for (TomlValue? item = entry.Value.FirstItem; item != null && count < machines.Length; item = item.Next)
        {
            if (count == KernelLayout.WindowCount)
            {
                TextBuilder text = new TextBuilder().Append(item.Source).Append(": too many; at most ");
                _ = text.Append(KernelLayout.WindowCount).Append(" guests are possible");
                _errors.Add(ConfigErrorKind.TooManyMachines, item.Line, 0, text.ToString());
            }

            var section = new VmSection(_errors, item.Table!, _environment);
            machines[count] = section.Read();
            CheckNameIsFree(section, machines, count);
            CheckSum(section, machines[count]);
            plan.Add(machines[count], item.Table!);
            count++;
        }

        plan.Finish();
        return machines;
    }

    /// <summary>
    /// Guests that start by themselves need their memory at the same time, each with what a VM takes beside it; one
    /// that is too large alone is told already.
    /// </summary>
    private void CheckSum(VmSection section, VmConfig machine)
    {
        if (!machine.AutoStart || section.MemoryEntry is not { } entry)
        {
            return;
        }

        ulong before = _startedMemory;
        _startedMemory += machine.Memory + (before == 0 ? 0 : GuestCapacity.BytesBeside);
        if (before == 0 || _environment.GuestMemory == 0 || machine.Memory > _environment.GuestMemory
            || _startedMemory <= _environment.GuestMemory)
        {
            return;
        }

        TextBuilder text = new TextBuilder().Append("with the guests above that start by themselves it makes ");
        _ = text.Append(SizeText.Format(_startedMemory)).Append("; this host can give its guests at most ");
        _ = text.Append(SizeText.Format(VmSection.InUnits(_environment.GuestMemory)));
        Report(ConfigErrorKind.MemoryExceedsHost, entry, text.ToString());
    }

    private void CheckNameIsFree(VmSection section, VmConfig[] machines, int index)
    {
        string name = machines[index].Name;
        for (int i = 0; i < index && name.Length != 0; i++)
        {
            if (machines[i].Name == name && section.NameEntry is { } entry)
            {
                TextBuilder text = new TextBuilder().Append("the name is taken by the guest in line ");
                Report(ConfigErrorKind.DuplicateName, entry, text.Append(machines[i].Line).ToString());
                return;
            }
        }
    }

    private void Report(ConfigErrorKind kind, TomlEntry entry, string text) =>
        SectionReader.Report(_errors, kind, entry, text);
}
