/** What people type into the fields of the hostile org. */
export const firstNames = ["Ana", "Ben", "Chen", "Dora", "Emil", "Fatou", "Gita", "Hugo", "Ines", "Jon", "Kai", "Lena"];
export const lastNames = ["Abel", "Brandt", "Costa", "Diallo", "Evans", "Fischer", "García", "Horn", "Ito", "Jansen"];
export const companies = ["Alpine Bikes", "Blue Cycles", "City Rides", "Downhill Ltd", "East Wheels", "Fast Frames"];
export const cities = ["Zürich", "Lyon", "Leeds", "Austin", "Osaka", "Porto", "Gdańsk", "Bergen"];
export const titles = ["Buyer", "Owner", "Mechanic", "Head of Fleet", "Accountant", "Director"];
export const subjects = ["Call", "Send Quote", "Follow up", "Contract", "Broken chain", "Wrong size", "Late delivery"];
export const industries = ["Retail", "Recreation", "Manufacturing", "Consulting"];
export const roles = ["Decision Maker", "Evaluator", "Business User", "Economic Buyer"];
export const openStages = ["Prospecting", "Qualification", "Needs Analysis", "Proposal/Price Quote"];
export const lastStages = ["Closed Won", "Closed Lost"];
export const caseStatuses = ["New", "Working", "Escalated"];
export const taskStatuses = ["Not Started", "In Progress", "Waiting on someone else"];
export const priorities = ["Low", "Medium", "High"];
