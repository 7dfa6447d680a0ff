"""What alarms may do by themselves: scale in what idles, stop what stands still."""
